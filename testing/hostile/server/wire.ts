/** What goes out, as the behaviour has it written. */
import type { World } from "../virtual-time.ts";
import type { ServerBehaviour } from "./behaviour.ts";
import type { Inbox } from "./inbox.ts";
import type { Reply, StoredMessage } from "./records.ts";
import { wallMicros, writeTime } from "./times.ts";

export type Wire = ReturnType<typeof createWire>;

export function createWire(world: World, inbox: Inbox, behaviour: ServerBehaviour) {
  const toNumber = (text: unknown) =>
    behaviour.numbers && typeof text === "string" && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
  const writeMetadata = (metadata: Record<string, unknown>) =>
    behaviour.numbers && "clientReference" in metadata
      ? { ...metadata, clientReference: toNumber(metadata.clientReference) }
      : metadata;

  return {
    /** An answer in OnSync's envelope. */
    json(status: number, body: Record<string, unknown>): Reply {
      const envelope = {
        requestId: inbox.nextId("req"),
        timestamp: new Date(Math.floor(wallMicros(world, behaviour) / 1000)).toISOString(),
      };
      return {
        status,
        headers: { "content-type": "application/json; charset=utf-8", "x-request-id": envelope.requestId },
        text: JSON.stringify({ ...body, ...envelope }),
      };
    },

    writeTime: (micros: number) => writeTime(micros, behaviour.times),

    message: (message: StoredMessage, metadata: ServerBehaviour["historyMetadata"]) => ({
      id: toNumber(message.id),
      conversationId: message.conversationId,
      type: "text",
      direction: message.direction,
      ...(message.direction === "outbound" ? { status: "sent" } : {}),
      content: message.content,
      createdAt: writeTime(message.createdAtMicros, behaviour.times),
      ...(metadata === "kept" ? { metadata: writeMetadata(message.metadata) } : {}),
      ...(metadata === "null" ? { metadata: null } : {}),
      ...(metadata === "empty" ? { metadata: {} } : {}),
      ...(metadata === "text" ? { metadata: JSON.stringify(message.metadata) } : {}),
    }),
  };
}
