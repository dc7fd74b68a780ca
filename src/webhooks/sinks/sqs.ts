/**
 * Hands events on to an SQS FIFO queue: the conversation is the message group, which SQS keeps in order, and the event id
 * the de-duplication id, so that SQS drops repeats for five minutes.
 */
import { createHash } from "node:crypto";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { BatchResultErrorEntry, SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import { createOptionError } from "../../client/errors/option-error.ts";
import { type ProxyOptions, removeCredentials, toAgentProxies } from "../../http/proxy.ts";
import { importOptional } from "./optional.ts";
import { type HandOn, type Sink, SinkUnavailableError, withAbort } from "./sink.ts";

export type SqsSinkOptions = ProxyOptions & {
  /** `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.fifo` */
  queueUrl: string;
  /** Options of `SQSClient`: credentials, region, endpoint. The SDK's own defaults (environment, profile, role) if none. */
  client?: object;
};

/** SQS takes ten messages in one request, of 256 KiB together on every queue there is. */
const maxBatchEntries = 10;
const maxBatchBytes = 240 * 1024;

/**
 * Codes that are about the message. SQS also blames the sender (`SenderFault`) for throttling, missing rights and keys that
 * are turned off, which say nothing about the message.
 */
const refusalCodes = [
  "BatchRequestTooLong",
  "InvalidAttributeValue",
  "InvalidMessageContents",
  "InvalidParameterValue",
  "MessageTooLong",
  "MissingParameter",
];

/** Some come with the name of the service before them: `AWS.SimpleQueueService.BatchRequestTooLong`. */
function isRefusal(code: string): boolean {
  return refusalCodes.includes(code.slice(code.lastIndexOf(".") + 1));
}

/** In milliseconds, for one try; the SDK makes up to three. */
const connectionTimeoutMs = 3000;
const requestTimeoutMs = 8000;

/** 128 characters of letters, digits and punctuation; another key is named by its hash. */
function toGroupId(key: string): string {
  return /^[\x21-\x7e]{1,128}$/.test(key) ? key : createHash("sha256").update(key).digest("hex");
}

type Pending = { event: HandOn; signal: AbortSignal; resolve: () => void; reject: (error: Error) => void };

function toEntry({ event }: Pending, index: number): SendMessageBatchRequestEntry {
  return {
    Id: String(index),
    MessageBody: event.body,
    MessageGroupId: toGroupId(event.key),
    // A repeat has the number it had; a replay has a new one, and is no repeat.
    MessageDeduplicationId: toGroupId(`${event.id}.${event.sequence}`),
    MessageAttributes: {
      type: { DataType: "String", StringValue: event.type },
      sequence: { DataType: "Number", StringValue: String(event.sequence) },
    },
  };
}

function toError({ Code = "no result", Message = "" }: Partial<BatchResultErrorEntry> = {}): Error {
  const message = `SQS did not take it: ${Code} ${Message}`.trim();
  return isRefusal(Code) ? new Error(message) : new SinkUnavailableError(message);
}

/** Aborted once all of them are: a request is of use for as long as one event in it is waited for. */
function abortWhenAllAre(signals: readonly AbortSignal[]): AbortSignal {
  const all = new AbortController();
  let left = signals.length;
  const one = () => {
    left -= 1;
    if (left === 0) all.abort();
  };
  for (const signal of signals) {
    if (signal.aborted) one();
    else signal.addEventListener("abort", one, { once: true });
  }
  return all.signal;
}

async function sendBatch(
  { client, command }: { client: SQSClient; command: typeof import("@aws-sdk/client-sqs").SendMessageBatchCommand },
  queueUrl: string,
  batch: readonly Pending[],
): Promise<void> {
  try {
    const { Successful = [], Failed = [] } = await client.send(
      new command({ QueueUrl: queueUrl, Entries: batch.map(toEntry) }),
      { abortSignal: abortWhenAllAre(batch.map(({ signal }) => signal)) },
    );
    const sent = new Set(Successful.map(({ Id }) => Id));
    const failures = new Map(Failed.map((failure) => [failure.Id, failure]));
    batch.forEach(({ resolve, reject }, index) => {
      if (sent.has(String(index))) resolve();
      else reject(toError(failures.get(String(index))));
    });
  } catch (error) {
    const { name, message } = removeCredentials(error) as Error;
    const refused = isRefusal(name);
    if (refused && batch.length > 1) {
      // One of them it is about; alone, each has its own answer.
      await Promise.all(batch.map((each) => sendBatch({ client, command }, queueUrl, [each])));
      return;
    }
    const text = `SQS did not take it: ${name}: ${message}`;
    for (const { reject } of batch) {
      reject(refused ? new Error(text, { cause: error }) : new SinkUnavailableError(text, { cause: error }));
    }
  }
}

/** @throws Error that says what to install, or that the queue is no FIFO queue */
export async function sqsSink({ queueUrl, client: config = {}, ...proxyOptions }: SqsSinkOptions): Promise<Sink> {
  const url = new URL(queueUrl);
  if (!url.pathname.endsWith(".fifo")) {
    throw new Error(`${queueUrl} is no FIFO queue (its name ends in .fifo), and only those keep the order.`);
  }
  const sdk = await importOptional("@aws-sdk/client-sqs", "The SQS sink", () => import("@aws-sdk/client-sqs"));
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1];
  const proxyEnv = toAgentProxies(proxyOptions, createOptionError);
  const agent = { keepAlive: true, proxyEnv };
  const client = new sdk.SQSClient({
    ...(region ? { region } : { endpoint: url.origin }),
    // Without the last, the SDK only warns.
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // The SDK looks for no proxy by itself.
      ...(proxyEnv && { httpAgent: new HttpAgent(agent), httpsAgent: new HttpsAgent(agent) }),
    },
    ...config,
  });
  let waiting: Pending[] = [];

  /** Events of different keys that come together go together. */
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    while (all.length > 0) {
      const batch: Pending[] = [];
      for (let bytes = 0; all.length > 0 && batch.length < maxBatchEntries; ) {
        bytes += Buffer.byteLength((all[0] as Pending).event.body);
        if (batch.length > 0 && bytes > maxBatchBytes) break;
        batch.push(all.shift() as Pending);
      }
      void sendBatch({ client, command: sdk.SendMessageBatchCommand }, queueUrl, batch);
    }
  };

  return {
    name: queueUrl,
    handOn: (event, signal) =>
      withAbort(
        signal,
        new Promise((resolve, reject) => {
          if (waiting.length === 0) setImmediate(flush);
          waiting.push({ event, signal, resolve, reject });
        }),
      ),
    async close() {
      client.destroy();
    },
  };
}
