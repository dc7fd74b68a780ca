/**
 * A list of the API, read so that nothing is left out while it moves: whatever changes during a pass is at the top then, where
 * the next pass looks, down to what was the latest before. A pass of one page misses nothing, nor does one that brings nothing new.
 */
import crypto from "node:crypto";
import type { Page } from "../../client/pager/page.ts";
import { parseInstant } from "../../client/wire/instant.ts";
import { type ListCheckpoint, newList } from "./checkpoints.ts";

const maxPasses = 5;

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

/** @returns when by OnSync's clock all that is known now was there, and as it is known */
export async function readList<Item>(reading: ListReading<Item>): Promise<string> {
  let checkpoint = reading.checkpoint ?? newList;
  if (!reading.isByChange && checkpoint.cursor === null) checkpoint = newList;
  const seen = new Set<string>();
  const moments: (string | null)[] = [];
  for (let passes = 1; ; passes++) {
    const pass = await readPass(reading, checkpoint, seen);
    checkpoint = pass.checkpoint;
    moments.push(checkpoint.wholeAsOf);
    const isStill = pass.pages === 1 || (passes > 1 && !pass.hasFresh);
    if (!isStill && passes < maxPasses) continue;
    // What is changed in a list by creation is nowhere else than before: of that, the first pass counts. Of the other, what
    // moved during a pass is known by the next one only.
    const counted = reading.isByChange ? moments.at(isStill ? -1 : -2) : checkpoint.wholeAsOf;
    return counted ?? new Date(0).toISOString();
  }
}

/** `hasFresh`: it brought what no pass before had, or had as it is. */
type Pass = { pages: number; checkpoint: ListCheckpoint; hasFresh: boolean };

async function readPass<Item>(reading: ListReading<Item>, start: ListCheckpoint, seen: Set<string>): Promise<Pass> {
  let checkpoint = start;
  let previous = Number.POSITIVE_INFINITY;
  let isOrdered = true;
  const before = seen.size;
  // One that is gone on with has had a page before.
  for (let pages = start.cursor === null ? 1 : 2; ; pages++) {
    const page = await fetchPage(reading, checkpoint);
    if (page === null) return readPass(reading, { ...checkpoint, cursor: null, floor: null }, seen);
    for (const item of page.data) {
      const order = reading.orderOf(item);
      seen.add(crypto.hash("sha1", `${order} ${JSON.stringify((item as { id?: unknown }).id)}`, "base64"));
      if (Number.isNaN(order) || order > previous) isOrdered = false;
      else previous = order;
    }
    if (checkpoint.cursor === null)
      checkpoint = { ...checkpoint, asOf: readMoment(page.timestamp), newest: firstOrder(reading, page.data) };
    const isKnown = isOrdered && checkpoint.floor !== null && previous < checkpoint.floor;
    const isLast = page.nextCursor === null || isKnown;
    const wholeAsOf = reading.isByChange ? checkpoint.asOf : (checkpoint.wholeAsOf ?? checkpoint.asOf);
    checkpoint = isLast
      ? { ...checkpoint, cursor: null, floor: isOrdered ? checkpoint.newest : null, wholeAsOf }
      : { ...checkpoint, cursor: page.nextCursor };
    await reading.onPage(page.data, checkpoint);
    if (isLast) return { pages, checkpoint, hasFresh: seen.size > before };
  }
}

/** As every list writes it; `null` where the answer does not say. */
function readMoment(timestamp: unknown): string | null {
  const at = parseInstant(timestamp);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
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
