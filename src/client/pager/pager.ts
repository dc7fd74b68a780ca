/** Walks lists page by page: one page in memory, each item once. */
import type { Message } from "../../api/index.ts";
import { ApiError } from "../errors/api-errors.ts";
import { maxPageSize } from "../server-facts.ts";
import { parseInstant } from "../wire/instant.ts";
import { isObject } from "../wire/json.ts";

/** What the pager needs of a page of history. */
export type HistoryResponse = { data: Message[]; nextBefore?: string | null | undefined; requestId: string };

function createUnreadableListError(path: string, why: string, requestId: string): ApiError {
  return new ApiError(`OnSync's list cannot be read to its end: ${why}`, {
    status: 200,
    code: "unusable_answer",
    method: "GET",
    path,
    requestId,
    advice: "Read it page by page with list, and tell support@onsync.com.",
  });
}

// Items are read as what they may be, not as what they should be: a strange one passes, and ends no walk.
function readId(message: unknown): unknown {
  return isObject(message) ? message.id : undefined;
}

function readCreatedAt(message: unknown): number {
  return isObject(message) ? parseInstant(message.createdAt) : Number.NaN;
}

/**
 * The pages of a conversation, newest first, each message once, none left out: not even where several messages share
 * an instant and a page ends between them, or where new ones arrive meanwhile.
 *
 * `before` is exclusive, so the next page is asked for from a millisecond after the last message, and what is seen again
 * is dropped; only ids that can be seen again are remembered. A page that brings nothing new (more messages share the
 * instant than it holds) is asked for again at its largest, 100. Past 100 in one millisecond the API has no way to name
 * the rest, and the walk goes on before them: from there on `gap` is true.
 */
export async function* iterateHistory<Page extends HistoryResponse>(
  fetchPage: (query: { limit: number; before?: string }) => Promise<Page>,
  start: { pageSize: number; before?: string | undefined; path: string },
): AsyncGenerator<{ page: Page; fresh: Message[]; gap: boolean }, void, undefined> {
  let limit = start.pageSize;
  let gap = false;
  // In milliseconds, once it is the walk's own.
  let before: number | undefined;
  let seen = new Map<unknown, number>();
  for (;;) {
    const asked = before === undefined ? start.before : new Date(before).toISOString();
    const page = await fetchPage({ limit, ...(asked !== undefined && { before: asked }) });
    const items = page.data.map((message) => ({ id: readId(message), at: readCreatedAt(message), message }));
    const fresh = items.filter(({ id, at }) => !seen.has(id) && !(before !== undefined && at >= before));
    yield { page, fresh: fresh.map(({ message }) => message), gap };

    // An answer without nextBefore has not said whether there is more: a server may give fewer than it is asked for.
    if (page.nextBefore === null || (page.nextBefore === undefined && fresh.length === 0)) return;
    const last = items.at(-1)?.at ?? Number.NaN;
    const boundary = Number.isNaN(last) ? parseInstant(page.nextBefore) : last;
    if (Number.isNaN(boundary)) throw createUnreadableListError(start.path, "nextBefore is not a time", page.requestId);

    if (before === undefined || boundary + 1 < before) {
      before = boundary + 1;
      limit = start.pageSize;
    } else if (fresh.every(({ id }) => id === undefined)) {
      if (limit < maxPageSize) limit = maxPageSize;
      else if (boundary + 1 > before)
        throw createUnreadableListError(start.path, "its pages do not go back in time", page.requestId);
      else {
        before -= 1;
        gap = true;
        limit = start.pageSize;
      }
    }
    const next = before;
    const kept = [...seen, ...items.map(({ id, at }) => [id, at] as const)];
    seen = new Map(kept.filter(([id, at]) => id !== undefined && !(at >= next)));
  }
}

/** What the pager needs of a page of a list with cursors. */
export type CursorResponse<Item> = { data: Item[]; nextCursor: string | null; requestId: string };

/** The items of all pages of a list with cursors. */
export async function* iterateCursor<Item>(
  fetchPage: (cursor: string | undefined) => Promise<CursorResponse<Item>>,
  start: { cursor: string | undefined; path: string },
): AsyncGenerator<Item, void, undefined> {
  let { cursor } = start;
  for (;;) {
    const page = await fetchPage(cursor);
    yield* page.data;
    if (page.nextCursor === null) return;
    if (page.nextCursor === cursor)
      throw createUnreadableListError(start.path, "its cursor does not move on", page.requestId);
    cursor = page.nextCursor;
  }
}
