/**
 * A list of the API, read so that nothing is left out while it moves: whatever changes during a pass is at the top then, where
 * the next pass looks, down to what was the latest before. A pass of one page misses nothing.
 */
import type { Page } from "../../client/pager/page.ts";
import { type ListCheckpoint, newList } from "./checkpoints.ts";

const maxPasses = 20;

export type ListReading<Item> = {
  /** As it was left; `null`: a new one. */
  checkpoint: ListCheckpoint | null;
  /** Whether what was changed is at the top: else only what is new is, and a later export reads the list from the beginning. */
  isByChange: boolean;
  fetch(cursor: string | undefined): Promise<Page<Item>>;
  /** By which the list is ordered, in milliseconds since 1970. */
  orderOf(item: Item): number;
  onPage(items: readonly Item[], checkpoint: ListCheckpoint): Promise<void>;
  /** Whether a cursor that was kept is refused: it does not hold any more. */
  isRefused(error: unknown): boolean;
};

/** @returns when by OnSync's clock all that was there then is known */
export async function readList<Item>(reading: ListReading<Item>): Promise<string> {
  let checkpoint = reading.checkpoint ?? newList;
  if (!reading.isByChange && checkpoint.cursor === null) checkpoint = newList;
  for (let passes = 1; ; passes++) {
    const pass = await readPass(reading, checkpoint);
    checkpoint = pass.checkpoint;
    if (pass.pages > 1 && passes < maxPasses) continue;
    // What moved during the last pass of several pages is known by the next one only.
    return (pass.pages > 1 ? pass.before : checkpoint.wholeAsOf) ?? checkpoint.wholeAsOf ?? new Date(0).toISOString();
  }
}

type Pass = { pages: number; checkpoint: ListCheckpoint; before: string | null };

async function readPass<Item>(reading: ListReading<Item>, start: ListCheckpoint): Promise<Pass> {
  let checkpoint = start;
  let previous = Number.POSITIVE_INFINITY;
  let isOrdered = true;
  // One that is gone on with has had a page before.
  for (let pages = start.cursor === null ? 1 : 2; ; pages++) {
    const page = await fetchPage(reading, checkpoint);
    if (page === null) return readPass(reading, { ...checkpoint, cursor: null, floor: null });
    for (const item of page.data) {
      const order = reading.orderOf(item);
      if (Number.isNaN(order) || order > previous) isOrdered = false;
      else previous = order;
    }
    if (checkpoint.cursor === null)
      checkpoint = {
        ...checkpoint,
        asOf: page.timestamp,
        newest: Number.isFinite(previous) ? firstOrder(reading, page.data) : null,
      };
    const isKnown = isOrdered && checkpoint.floor !== null && previous < checkpoint.floor;
    const isLast = page.nextCursor === null || isKnown;
    const { wholeAsOf } = checkpoint;
    checkpoint = isLast
      ? { ...checkpoint, cursor: null, floor: isOrdered ? checkpoint.newest : null, wholeAsOf: checkpoint.asOf }
      : { ...checkpoint, cursor: page.nextCursor };
    await reading.onPage(page.data, checkpoint);
    if (isLast) return { pages, checkpoint, before: wholeAsOf };
  }
}

function firstOrder<Item>({ orderOf }: ListReading<Item>, items: readonly Item[]): number | null {
  const order = items[0] === undefined ? Number.NaN : orderOf(items[0]);
  return Number.isNaN(order) ? null : order;
}

async function fetchPage<Item>(reading: ListReading<Item>, { cursor }: ListCheckpoint): Promise<Page<Item> | null> {
  try {
    const page = await reading.fetch(cursor ?? undefined);
    if (page.nextCursor === null || page.nextCursor !== cursor) return page;
    throw new Error("OnSync's list cannot be read to its end: its cursor does not move on");
  } catch (error) {
    if (cursor === null || !reading.isRefused(error)) throw error;
    return null;
  }
}
