/** `onsync events list`: one event a line. */
import type { EventState, EventStore } from "../../src/webhooks/store/store.ts";
import { formatBodyOnOneLine } from "../../src/webhooks/store/stored-body.ts";
import { type Io, print } from "../output/io.ts";
import type { StoreChoice } from "../settings/event-store.ts";

export type ListOptions = StoreChoice & {
  state: EventState | "all";
  key?: string;
  after?: number;
  limit: number;
  full?: true;
};

export async function listEvents(
  io: Io,
  store: EventStore,
  { state, key, after, limit, full }: ListOptions,
): Promise<void> {
  const found = await store.list({ state: state === "all" ? undefined : state, key, after, limit });
  for (const { body, createdAt, receivedAt, ...event } of found) {
    const times = { createdAt: new Date(createdAt).toISOString(), receivedAt: new Date(receivedAt).toISOString() };
    const line = JSON.stringify({ ...event, ...times });
    // As it arrived: numbers that JavaScript cannot hold are not changed.
    await print(io.stdout, full ? `${line.slice(0, -1)},"event":${formatBodyOnOneLine(body)}}\n` : `${line}\n`);
  }
}
