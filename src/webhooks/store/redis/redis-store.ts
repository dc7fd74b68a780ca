/**
 * The engine for several receivers behind a load balancer: everything in one Redis. Each key is leased to one receiver at
 * a time; a receiver that dies or stops loses its leases, and another goes on where it was.
 *
 * Redis must write its append-only file before it answers (`appendonly yes`, `appendfsync always`): then an acknowledged
 * event is on disk. Events and queues of one store share one slot, so a cluster does not spread them.
 */
import { rewriteAppendOnlyFile } from "../../../redis.ts";
import type { EventStore } from "../store.ts";
import { createAccept } from "./accept.ts";
import { claimDue, findNextDue } from "./claim.ts";
import { openContext, type RedisStoreOptions } from "./context.ts";
import { forgetEvents } from "./forget.ts";
import { buryEvent, completeEvent, scheduleRetry } from "./outcome.ts";
import { pruneEvents } from "./prune.ts";
import { countEvents, listEvents, readEnd, readPage } from "./read.ts";
import { replayEvents } from "./replay.ts";
import { readSetting, swapSetting } from "./settings.ts";

/** @throws Error that says so when there is no Redis at the URL, or when it may throw events away */
export async function openRedisStore(options: RedisStoreOptions): Promise<EventStore> {
  const context = await openContext(options);
  return {
    accept: createAccept(context),
    take: (limit, maxHanging = limit) => claimDue(context, limit, maxHanging),
    done: (claimed) => completeEvent(context, claimed),
    retry: (claimed, failed) => scheduleRetry(context, claimed, failed),
    bury: (claimed, error) => buryEvent(context, claimed, error),
    nextDueInMs: (includeHanging = true) => findNextDue(context, includeHanging),
    watch: context.watchers.watch,
    read: (query) => readPage(context, query),
    end: () => readEnd(context),
    list: (query) => listEvents(context, query),
    replay: (events) => replayEvents(context, events),
    stats: () => countEvents(context),
    prune: () => pruneEvents(context),
    forget: (positions) => forgetEvents(context, positions),
    scrub: () => rewriteAppendOnlyFile(context.redis),
    setting: (name) => readSetting(context, name),
    swapSetting: (name, from, to) => swapSetting(context, name, from, to),
    close: () => context.redis.close(),
  };
}
