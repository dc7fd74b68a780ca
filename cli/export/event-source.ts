/** The event log that `--events` names: what `onsync listen` keeps, in a file or a Redis. */
import type { EventSource } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";

export type EventChoice = { events?: string; follow?: true; contact?: string };

/** @throws UsageError where there is none, or it cannot be opened */
export async function openEventSource(
  env: Environment,
  { events, follow, contact }: EventChoice,
  log: Log,
  cleanup: Cleanup,
): Promise<EventSource | undefined> {
  if (follow && events === undefined)
    throw new UsageError("--follow needs --events: the file or the Redis of `onsync listen`, which it follows.");
  if (events === undefined) return undefined;
  if (contact !== undefined)
    throw new UsageError("--contact and --events: the events are of all contacts. Leave --events out.");
  const { openStore, parseEventsPlace } = await import("../settings/event-store.ts");
  const store = await openStore(env, parseEventsPlace(events), { claim: false }, toLogFunction(log));
  cleanup.add(() => store.close());
  return store;
}
