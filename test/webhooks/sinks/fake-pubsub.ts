/**
 * A fake of Google Cloud Pub/Sub, no more: it speaks the wire of `google.pubsub.v1.Publisher/Publish` (gRPC on HTTP/2,
 * the few protocol buffer fields that publishing needs) and keeps what was published.
 */
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

export type Published = { topic: string; data: string; orderingKey: string; attributes: Record<string, string> };

type Field = { number: number; bytes: Buffer };

function varint(buffer: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0, index = at; ; shift += 7, index++) {
    const byte = buffer[index] as number;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, index + 1];
  }
}

/** Fields of wire type 2 (bytes, texts, messages), which is all that publishing has. */
function fieldsOf(buffer: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < buffer.length; ) {
    const [tag, afterTag] = varint(buffer, at);
    const [length, start] = varint(buffer, afterTag);
    fields.push({ number: tag >> 3, bytes: buffer.subarray(start, start + length) });
    at = start + length;
  }
  return fields;
}

function text(fields: readonly Field[], number: number) {
  return fields.find((field) => field.number === number)?.bytes.toString() ?? "";
}

/** PublishRequest: topic = 1, messages = 2; PubsubMessage: data = 1, attributes = 2, ordering_key = 5. */
function publishRequest(buffer: Buffer): Published[] {
  const request = fieldsOf(buffer);
  return request
    .filter(({ number }) => number === 2)
    .map(({ bytes }) => {
      const message = fieldsOf(bytes);
      const attributes = message.filter(({ number }) => number === 2).map((field) => fieldsOf(field.bytes));
      return {
        topic: text(request, 1),
        data: text(message, 1),
        orderingKey: text(message, 5),
        attributes: Object.fromEntries(attributes.map((entry) => [text(entry, 1), text(entry, 2)])),
      };
    });
}

/** PublishResponse: message_ids = 1. In a frame: not compressed, its length. */
function publishResponse(ids: readonly string[]): Buffer {
  const body = Buffer.concat(ids.map((id) => Buffer.concat([Buffer.from([0x0a, id.length]), Buffer.from(id)])));
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  return Buffer.concat([frame, body]);
}

export async function startFakePubSub() {
  const published: Published[] = [];
  /** gRPC statuses of the next requests, by ordering key. */
  const failing = new Map<string, { code: number; message: string }[]>();
  /** Ordering keys whose next request is never answered. */
  const hanging = new Set<string>();

  const answer = (stream: ServerHttp2Stream, body: Buffer): void => {
    const messages = publishRequest(body.subarray(5));
    if (hanging.delete(messages[0]?.orderingKey ?? "")) return;
    const failure = failing.get(messages[0]?.orderingKey ?? "")?.shift();
    if (failure) {
      stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": String(failure.code),
          "grpc-message": failure.message,
        },
        { endStream: true },
      );
      return;
    }
    published.push(...messages);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(publishResponse(messages.map((_, index) => `id-${published.length}-${index}`)));
  };

  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("error", () => {});
    stream.once("end", () => {
      if (headers[":path"] === "/google.pubsub.v1.Publisher/Publish") answer(stream, Buffer.concat(parts));
      else
        stream.respond(
          { ":status": 200, "content-type": "application/grpc", "grpc-status": "12" },
          { endStream: true },
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    client: { projectId: "shop", apiEndpoint: `127.0.0.1:${port}`, emulatorMode: true },
    published,
    failing,
    hanging,
    close: () =>
      new Promise<void>((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}
