/** Hands events on to Google Cloud Pub/Sub: the conversation is the ordering key, which Pub/Sub delivers in order. */
import { createHash } from "node:crypto";
import { importOptional } from "./optional.ts";
import { type Sink, SinkUnavailableError, withAbort } from "./sink.ts";

export type PubSubSinkOptions = {
  /** `projects/PROJECT/topics/TOPIC`, or the topic's name alone in the project of the credentials. */
  topic: string;
  /** Options of `PubSub`: credentials, project, endpoint. The library's own defaults if none. */
  client?: object;
};

/** gRPC's INVALID_ARGUMENT: this message will never be taken. */
const invalidArgument = 3;
/** In bytes; a longer key is named by its hash. */
const maxOrderingKeyBytes = 1024;
/** A failed hand-on is repeated by the dispatcher, so the library need not try for minutes. */
const publishTimeoutMs = 10_000;

function toOrderingKey(key: string): string {
  return Buffer.byteLength(key) <= maxOrderingKeyBytes ? key : createHash("sha256").update(key).digest("hex");
}

/** @throws Error that says what to install */
export async function pubSubSink({ topic: name, client: config = {} }: PubSubSinkOptions): Promise<Sink> {
  const { PubSub } = await importOptional(
    "@google-cloud/pubsub",
    "The Pub/Sub sink",
    () => import("@google-cloud/pubsub"),
  );
  const project = /^projects\/([^/]+)\/topics\//.exec(name)?.[1];
  const client = new PubSub({ ...(project !== undefined && { projectId: project }), ...config });
  const topic = client.topic(name, {
    messageOrdering: true,
    // One event of a key is under way at a time: there is nothing to wait for.
    batching: { maxMilliseconds: 1 },
    gaxOpts: { timeout: publishTimeoutMs },
  });

  return {
    name: `pubsub:${name}`,
    async handOn({ id, type, key, sequence, body }, signal) {
      const orderingKey = toOrderingKey(key);
      try {
        const attributes = { id, type, sequence: String(sequence) };
        const published = topic.publishMessage({ data: Buffer.from(body), orderingKey, attributes });
        // The library stops a key after a failure until it is told to go on: this event is the next of its key again.
        published.catch(() => topic.resumePublishing(orderingKey));
        await withAbort(signal, published);
      } catch (error) {
        if (error instanceof SinkUnavailableError) throw error;
        const { code, message } = error as Error & { code?: number };
        const text = `Pub/Sub did not take it: ${message}`;
        throw code === invalidArgument
          ? new Error(text, { cause: error })
          : new SinkUnavailableError(text, { cause: error });
      }
    },
    close: () => client.close(),
  };
}
