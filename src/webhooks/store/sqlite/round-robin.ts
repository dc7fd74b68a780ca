/** Who goes first where more wait than there is room for. */

/**
 * Takes from two lists in turn, each thing once.
 *
 * @param limit how many at most
 * @param newestFirst whether the first is of `newest`
 */
export function roundRobin(
  oldest: readonly string[],
  newest: readonly string[],
  limit: number,
  newestFirst: boolean,
): string[] {
  const chosen = new Set<string>();
  const lists = (newestFirst ? [newest, oldest] : [oldest, newest]).map((list) => list.values());
  for (let turn = 0; chosen.size < limit; turn++) {
    const list = lists[turn % 2] as IterableIterator<string>;
    let next = list.next();
    while (!next.done && chosen.has(next.value)) next = list.next();
    if (next.done) break;
    chosen.add(next.value);
  }
  return [...chosen];
}
