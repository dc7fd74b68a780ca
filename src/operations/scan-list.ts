/**
 * Lists filtered and sorted on this side: the API's own lists know neither tags nor who waits. Each page of a hundred is a
 * request of the org's hourly budget, so a call reads five at most, and its cursor says where the next goes on.
 */
const pageSize = 100;
const maxPages = 5;

type Fetched<Item> = { data: readonly Item[]; nextCursor: string | null };

export type Scanned<Item> = {
  data: Item[];
  nextCursor: string | null;
  /** False where the list goes on behind what was read: the order and the filter hold for what was read. */
  complete: boolean;
};

/** `20~cursor`: go on behind twenty of the wanted, counted from that cursor of the API's. */
function parseCursor(cursor: string | undefined): { offset: number; start: string | undefined } {
  const [, offset, start] = /^(\d{1,6})~(.*)$/s.exec(cursor ?? "") ?? [];
  return offset === undefined ? { offset: 0, start: cursor } : { offset: Number(offset), start: start || undefined };
}

/**
 * @param isEnd whether nothing from this item on can be wanted, as the list is in order
 * @param compare puts what was read in another order than the list's
 */
export async function scanList<Item>(
  fetchPage: (query: { limit: number; cursor?: string }) => Promise<Fetched<Item>>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  {
    isWanted,
    isEnd = () => false,
    compare,
  }: {
    isWanted(item: Item): boolean;
    isEnd?: (item: Item) => boolean;
    compare?: ((a: Item, b: Item) => number) | undefined;
  },
): Promise<Scanned<Item>> {
  const { offset, start } = parseCursor(cursor);
  const wanted: Item[] = [];
  let next: string | null = start ?? null;
  for (let pages = 0; pages < maxPages; pages++) {
    const page: Fetched<Item> = await fetchPage({ limit: pageSize, ...(next !== null && { cursor: next }) });
    const end = page.data.findIndex(isEnd);
    wanted.push(...(end < 0 ? page.data : page.data.slice(0, end)).filter(isWanted));
    next = end < 0 ? page.nextCursor : null;
    if (next === null || (!compare && wanted.length > offset + limit)) break;
  }
  if (compare) wanted.sort(compare);
  const data = wanted.slice(offset, offset + limit);
  const hasMore = wanted.length > offset + limit;
  return {
    data,
    nextCursor: hasMore ? `${offset + limit}~${start ?? ""}` : next === null ? null : `0~${next}`,
    complete: next === null,
  };
}
