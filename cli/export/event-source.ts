/** The event log that `--events` names: what `onsync listen` keeps, in a file or a Redis. */
import { existsSync } from "node:fs";
import type { EventSource } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";
import { isRedisUrl } from "../settings/ledger.ts";

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
  if (!isRedisUrl(events) && !existsSync(events))
    throw new UsageError(`--events: there is no event file ${events}: name the one of \`onsync listen\`.`);
  const { openStore } = await import("../settings/event-store.ts");
  const choice = isRedisUrl(events) ? { redis: events } : { data: events };
  const store = await openStore(env, choice, { claim: false }, toLogFunction(log));
  cleanup.add(() => store.close());
  return store;
}
