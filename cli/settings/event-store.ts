/** The event store a command names: a file, or a Redis. */
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import process from "node:process";
import { Option } from "commander";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { EventStore, StoreOptions } from "../../src/webhooks/store/store.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import { findRedisPassword } from "./environment.ts";
import { isRedisUrl } from "./ledger.ts";
import { createDataOption, parseNotEmpty } from "./options.ts";

export type StoreChoice = { data?: string; redis?: string };

export const defaultEventFile = "onsync-events.db";

export function createEventFileOption(): Option {
  return createDataOption(`SQLite file of the events (default: ${defaultEventFile})`).conflicts("redis");
}

export function createRedisOption(): Option {
  return new Option(
    "--redis <url>",
    "keep the events in this Redis instead, which several receivers may share",
  ).argParser(parseNotEmpty);
}

/** Where the events are, for a person: a URL's password is not shown. */
export function formatStorePlace({ data, redis }: StoreChoice): string {
  if (redis === undefined) return data ?? defaultEventFile;
  const { protocol, host, pathname } = parseRedisUrl(redis);
  return `${protocol}//${host}${pathname}`;
}

/**
 * The URL of --redis or ONSYNC_REDIS_URL, checked, with the password of ONSYNC_REDIS_PASSWORD where it has none itself: an
 * option is there for everybody to see who may list this machine's processes.
 */
export function completeRedisUrl(env: Environment, text: string): string {
  const url = parseRedisUrl(text);
  if (url.password === "") url.password = encodeURIComponent(findRedisPassword(env) ?? "");
  return url.href;
}

function parseRedisUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["redis:", "rediss:"].includes(url.protocol) && url.hostname !== "") return url;
  throw new UsageError(
    "--redis: give a Redis URL, such as redis://127.0.0.1:6379 or rediss://10.0.0.5:6380. Its password goes into ONSYNC_REDIS_PASSWORD.",
  );
}

/** @throws UsageError where the events are in a file and that is not there */
export function requireEventFile({ data = defaultEventFile, redis }: StoreChoice): void {
  if (redis === undefined && !existsSync(data)) {
    throw new UsageError(`There is no event file ${data}: name the one of \`onsync listen\` with --data.`);
  }
}

/**
 * The store that `--events` names: what `onsync listen` keeps, which is read here and never made.
 *
 * @throws UsageError where it is a file that is not there
 */
export function parseEventsPlace(place: string): StoreChoice {
  if (isRedisUrl(place)) return { redis: place };
  if (existsSync(place)) return { data: place };
  const where = isAbsolute(place) ? place : `${place} in ${process.cwd()}`;
  throw new UsageError(
    `--events: there is no event file ${where}: name the one of \`onsync listen --data FILE\`, which makes it when it starts.`,
  );
}

/**
 * @param env gives the password of a Redis
 * @param claim whether this process is to hand on: one at a time for a file, any number on a Redis
 * @throws UsageError that says why it cannot be opened
 */
export async function openStore(
  env: Environment,
  { data = defaultEventFile, redis }: StoreChoice,
  { claim, leaseMs, ...options }: StoreOptions & { claim: boolean; leaseMs?: number },
  log: EventLogger = () => {},
): Promise<EventStore> {
  const url = redis === undefined ? undefined : completeRedisUrl(env, redis);
  try {
    if (url !== undefined) {
      const { openRedisStore } = await import("../../src/webhooks/store/redis/redis-store.ts");
      return await openRedisStore({ url, log, ...options, leaseMs });
    }
    const { openSqliteStore } = await import("../../src/webhooks/store/sqlite/sqlite-store.ts");
    return openSqliteStore({ file: data, claim, ...options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
