/** Reading the events in Redis: by cursor, by state, in figures. */
import type { EventState, EventStore, StoredEvent } from "../store.ts";
import type { RedisConnection } from "./connection.ts";
import { listScript, readScript, statsScript } from "./scripts.ts";

/** Log entries looked at in one go. */
const window = 500;

/** The name, then the fields as the scripts give them. Without a position: it has expired. */
export type EventReply = [name: string, position: string | null, ...fields: (string | null)[]];

export function toStoredEvent(reply: EventReply): StoredEvent {
  const [name, position, type, key, createdAt, receivedAt, state, attempts, refusals, error, body, sequence, id, org] =
    reply as string[];
  return {
    // Before format 3 its id was its name.
    id: id ?? (name as string),
    org: org ?? "",
    type: type as string,
    key: key as string,
    position: Number(position),
    sequence: sequence ? Number(sequence) : null,
    createdAt: Number(createdAt),
    receivedAt: Number(receivedAt),
    state: state as EventState,
    attempts: Number(attempts),
    refusals: Number(refusals),
    error: error === "" ? null : (error as string),
    body: body as string,
  };
}

type Entry = { position: number; event: StoredEvent | null };

export function readingOf(
  redis: RedisConnection,
  root: string,
  now: () => string,
): Pick<EventStore, "read" | "end" | "list" | "stats"> {
  const entries = async (after: number, count: number): Promise<Entry[]> =>
    ((await redis.run(readScript, root, after, count)) as [string, ...EventReply][]).map(([position, ...reply]) => ({
      position: Number(position),
      event: reply[1] === null ? null : toStoredEvent(reply),
    }));

  const inState = async (state: "waiting" | "dead", after: number): Promise<Entry[]> =>
    ((await redis.run(listScript, root, state, after, window)) as EventReply[]).map((reply) => ({
      position: Number(reply[1]),
      event: toStoredEvent(reply),
    }));

  const meta = async (): Promise<{ log: string; position: number; prunedTo: number }> => {
    const [log, position, prunedTo] = (await redis.send("HMGET", `${root}:meta`, "log", "position", "prunedTo")) as (
      | string
      | null
    )[];
    return { log: log ?? "", position: Number(position ?? 0), prunedTo: Number(prunedTo ?? 0) };
  };

  return {
    async read({ after, types, limit }) {
      const { prunedTo } = await meta();
      const events: { position: number; body: string }[] = [];
      let upTo = Math.max(after, prunedTo);
      let gap = after < prunedTo;
      for (;;) {
        const found = await entries(upTo, window);
        for (const { position, event } of found) {
          const wanted = event && (!types || types.includes(event.type));
          if (wanted && events.length === limit) return { events, upTo, more: true, gap };
          if (wanted) events.push({ position, body: event.body });
          gap ||= event === null;
          upTo = position;
        }
        if (found.length < window) return { events, upTo, more: false, gap };
      }
    },

    async end() {
      const { log, position } = await meta();
      return { log, position };
    },

    async list({ state, key, after = 0, limit }) {
      const listed: StoredEvent[] = [];
      for (let from = after; ; ) {
        const found =
          state === "waiting" || state === "dead" ? await inState(state, from) : await entries(from, window);
        for (const { position, event } of found) {
          from = position;
          if (!event || (state && event.state !== state) || (key !== undefined && event.key !== key)) continue;
          listed.push(event);
          if (listed.length === limit) return listed;
        }
        if (found.length < window) return listed;
      }
    },

    async stats() {
      const figures = (await redis.run(statsScript, root, now())) as number[];
      const [waiting = 0, dead = 0, accepted = 0, keys = 0, retrying = 0, oldest = -1] = figures;
      return { waiting, dead, accepted, keys, retrying, oldestWaitingMs: oldest < 0 ? null : oldest };
    },
  };
}
