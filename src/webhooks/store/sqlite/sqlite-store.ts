/** The engine for one receiver: everything in one SQLite file, nothing but what is under way in memory. */
import type { EventStore } from "../store.ts";
import { acceptEvent } from "./accept.ts";
import { claimDue, findNextDue } from "./claim.ts";
import { closeContext, openContext, type SqliteStoreOptions } from "./context.ts";
import { forgetEvents, pruneEvents, scrubFile } from "./forget.ts";
import { buryEvent, completeEvent, scheduleRetry } from "./outcome.ts";
import { countEvents, listEvents, readEnd, readPage } from "./read.ts";
import { replayEvents } from "./replay.ts";
import { readSetting, swapSetting } from "./settings.ts";

/** @throws Error with a sentence where the file cannot be used, or another receiver has it */
export function openSqliteStore(options: SqliteStoreOptions): EventStore {
  const context = openContext(options);
  return {
    accept: (incoming) => acceptEvent(context, incoming),
    take: (limit, maxHanging = limit) => claimDue(context, limit, maxHanging),
    done: (claimed) => completeEvent(context, claimed),
    retry: (claimed, failed) => scheduleRetry(context, claimed, failed),
    bury: (claimed, error) => buryEvent(context, claimed, error),
    nextDueInMs: async (includeHanging = true) => findNextDue(context, includeHanging),
    watch: context.watchers.watch,
    read: async (query) => readPage(context, query),
    end: async () => readEnd(context),
    list: async (query) => listEvents(context, query),
    replay: (events) => replayEvents(context, events),
    stats: async () => countEvents(context),
    prune: () => pruneEvents(context),
    forget: (positions) => forgetEvents(context, positions),
    scrub: () => scrubFile(context),
    setting: async (name) => readSetting(context, name),
    swapSetting: (name, from, to) => swapSetting(context, name, from, to),
    close: () => closeContext(context),
  };
}
