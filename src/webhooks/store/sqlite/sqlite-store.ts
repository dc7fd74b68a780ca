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
  // What readers are shown they go on from, and its position is not given again: it must be on disk.
  const whenOnDisk = async <Shown>(shown: Shown): Promise<Shown> => {
    await context.wal?.sync();
    return shown;
  };
  return {
    accept: (incoming) => acceptEvent(context, incoming),
    take: (limit, maxHanging = limit) => claimDue(context, limit, maxHanging),
    done: (claimed) => completeEvent(context, claimed),
    retry: (claimed, failed) => scheduleRetry(context, claimed, failed),
    bury: (claimed, error) => buryEvent(context, claimed, error),
    nextDueInMs: async (includeHanging = true) => findNextDue(context, includeHanging),
    watch: context.watchers.watch,
    read: async (query) => {
      const page = readPage(context, query);
      return page.upTo > query.after ? whenOnDisk(page) : page;
    },
    end: async () => whenOnDisk(readEnd(context)),
    list: async (query) => whenOnDisk(listEvents(context, query)),
    replay: (events) => replayEvents(context, events),
    stats: async () => countEvents(context),
    prune: () => pruneEvents(context),
    forget: (positions) => forgetEvents(context, positions),
    scrub: () => scrubFile(context),
    setting: async (name) => whenOnDisk(readSetting(context, name)),
    swapSetting: (name, from, to) => swapSetting(context, name, from, to),
    close: () => closeContext(context),
  };
}
