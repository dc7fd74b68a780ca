/** Walks lists page by page: one page in memory, each item once. */
import type { Message } from "../api/index.ts";
import { ServerError } from "./errors.ts";

/** What the pager needs of a page of history. */
export type HistoryAnswer = { data: Message[]; nextBefore?: string | null | undefined; requestId: string };

const largestPage = 100;

const unreadable = (path: string, why: string, requestId: string): ServerError =>
  new ServerError(`OnSync's list cannot be read to its end: ${why}`, {
    status: 200,
    code: "unusable_answer",
    method: "GET",
    path,
    requestId,
    advice: "Read it page by page with list, and tell support@onsync.com.",
  });

/**
 * The pages of a conversation, newest first, each message once, none left out: not even where several messages share
 * an instant and a page ends between them, or where new ones arrive meanwhile.
 *
 * `before` is exclusive, so the next page is asked for from a millisecond after the last message, and what is seen again
 * is dropped; only ids that can be seen again are remembered. A page that brings nothing new (more messages share the
 * instant than it holds) is asked for again at its largest, 100. Past 100 in one millisecond the API has no way to name
 * the rest, and the walk goes on before them.
 */
export async function* historyPages<Page extends HistoryAnswer>(
  fetchPage: (query: { limit: number; before?: string }) => Promise<Page>,
  start: { pageSize: number; before?: string | undefined; path: string },
): AsyncGenerator<{ page: Page; fresh: Message[] }, void, undefined> {
  let limit = start.pageSize;
  // In milliseconds, once it is the walk's own.
  let before: number | undefined;
  let seen = new Map<string, number>();
  for (;;) {
    const asked = before === undefined ? start.before : new Date(before).toISOString();
    const page = await fetchPage({ limit, ...(asked !== undefined && { before: asked }) });
    const fresh = page.data.filter(
      ({ id, createdAt }) => !seen.has(id) && !(before !== undefined && Date.parse(createdAt) >= before),
    );
    yield { page, fresh };

    // An answer without nextBefore has not said whether there is more; a page that is not full has.
    if (page.nextBefore === null || (page.nextBefore === undefined && page.data.length < limit)) return;
    const last = Date.parse(page.data.at(-1)?.createdAt ?? page.nextBefore ?? "");
    const boundary = Number.isNaN(last) ? Date.parse(page.nextBefore ?? "") : last;
    if (Number.isNaN(boundary)) throw unreadable(start.path, "nextBefore is not a time", page.requestId);

    if (before === undefined || boundary + 1 < before) {
      before = boundary + 1;
      limit = start.pageSize;
    } else if (fresh.length === 0) {
      if (limit < largestPage) limit = largestPage;
      else if (boundary + 1 > before) throw unreadable(start.path, "its pages do not go back in time", page.requestId);
      else {
        before -= 1;
        limit = start.pageSize;
      }
    }
    seen = new Map(
      [...seen, ...page.data.map(({ id, createdAt }) => [id, Date.parse(createdAt)] as const)].filter(
        ([, createdAt]) => !(createdAt >= (before as number)),
      ),
    );
  }
}

/** What the pager needs of a page of a list with cursors. */
export type CursorAnswer<Item> = { data: Item[]; nextCursor: string | null; requestId: string };

/** The items of all pages of a list with cursors. */
export async function* cursorItems<Item>(
  fetchPage: (cursor: string | undefined) => Promise<CursorAnswer<Item>>,
  start: { cursor: string | undefined; path: string },
): AsyncGenerator<Item, void, undefined> {
  let { cursor } = start;
  for (;;) {
    const page = await fetchPage(cursor);
    yield* page.data;
    if (page.nextCursor === null) return;
    if (page.nextCursor === cursor) throw unreadable(start.path, "its cursor does not move on", page.requestId);
    cursor = page.nextCursor;
  }
}
