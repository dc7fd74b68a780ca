/** The event store a command names: a file, or a Redis. */
import { Option } from "commander";
import type { EventLogger } from "../../src/events/dispatcher.ts";
import type { EventStore, StoreOptions } from "../../src/events/store.ts";
import { UsageError } from "../errors.ts";
import { dataOption, notEmpty } from "../options.ts";

export type StoreChoice = { data?: string; redis?: string };

export const defaultEventFile = "onsync-events.db";

export const eventFileOption = (): Option =>
  dataOption(`SQLite file of the events (default: ${defaultEventFile})`).conflicts("redis");

export const redisOption = (): Option =>
  new Option("--redis <url>", "keep the events in this Redis instead, which several receivers may share").argParser(
    notEmpty,
  );

/** Where the events are, for a person: a URL's password is not shown. */
export const storePlace = ({ data, redis }: StoreChoice): string => {
  if (redis === undefined) return data ?? defaultEventFile;
  const { protocol, host, pathname } = redisUrl(redis);
  return `${protocol}//${host}${pathname}`;
};

const redisUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["redis:", "rediss:"].includes(url.protocol) && url.hostname !== "") return url;
  throw new UsageError(
    "--redis: give a Redis URL, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380.",
  );
};

/** @param claim whether this process is to hand on: one at a time for a file, any number on a Redis */
export const openStore = async (
  choice: StoreChoice,
  { claim, ...options }: StoreOptions & { claim: boolean },
  log: EventLogger = () => {},
): Promise<EventStore> => {
  if (choice.redis !== undefined) {
    const url = redisUrl(choice.redis).href;
    const { openRedisStore } = await import("../../src/events/redis/index.ts");
    return openRedisStore({ url, log, ...options });
  }
  const { openSqliteStore } = await import("../../src/events/sqlite/index.ts");
  return openSqliteStore({ file: choice.data ?? defaultEventFile, claim, ...options });
};
