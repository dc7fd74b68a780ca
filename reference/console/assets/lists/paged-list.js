/**
 * A long list that is read a page at a time, newest first, and kept as it is on the server: what changed is read again
 * from the top down to there, and all that lies deeper stays as it was read.
 *
 * A position is a list of numbers that falls from row to row.
 */

/** Whether a position comes after another one in the list. */
function isAfter(position, other) {
  const index = position.findIndex((part, at) => part !== other[at]);
  return index >= 0 && position[index] < other[index];
}

/**
 * Reads from the top down to the deepest row that is wanted and was not met yet, and at least to what was first.
 * @returns what the list is then
 */
async function reread({ rows, hasMore }, wanted, { readPage, positionOf, pageSize, rereadSize }) {
  const findDepth = (fresh) => {
    const deepest = rows.findLast(({ id }) => wanted(id) && !fresh.has(id)) ?? rows[0];
    return deepest && positionOf(deepest);
  };
  const fresh = new Map();
  let last;
  let limit = pageSize;
  for (;;) {
    const page = await readPage({ before: last?.join(","), limit });
    for (const row of page.rows) fresh.set(row.id, row);
    if (!page.more) return { rows: [...fresh.values()], hasMore: false };
    last = positionOf(page.rows.at(-1));
    const depth = findDepth(fresh);
    if (depth === undefined || !isAfter(depth, last)) break;
    limit = rereadSize;
  }
  const deeper = rows.filter((row) => !fresh.has(row.id) && isAfter(positionOf(row), last));
  return { rows: [...fresh.values(), ...deeper], hasMore: deeper.length === 0 || hasMore };
}

/**
 * @param options `readPage` is given `{ before, limit }`, `before` being the last row's position, and gives
 *   `{ rows, more }`; `positionOf` gives a row's position; `pageSize` is that of the first page: those that are asked for
 *   are larger, and what is read again comes in the largest
 */
export function createPagedList(options) {
  const sizes = { pageSize: 50, nextSize: 200, rereadSize: 500, ...options };
  let state = { rows: [], hasMore: false };
  let wasRead = false;
  /** What is to be read again: ids, or all of it. */
  let touched = new Set();
  let everything = false;
  let waiting;
  let queue = Promise.resolve();

  /** One reading after the other, so that none works on what another is about to replace. */
  function enqueue(work) {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  }

  async function readTouched() {
    waiting = undefined;
    const ids = touched;
    const wanted = everything ? () => true : (id) => ids.has(id);
    touched = new Set();
    everything = false;
    state = await reread(state, wanted, sizes);
    wasRead = true;
  }

  async function readNext() {
    const { rows, hasMore } = state;
    if (!hasMore) return;
    const before = sizes.positionOf(rows.at(-1)).join(",");
    const page = await sizes.readPage({ before, limit: sizes.nextSize });
    const known = new Set(rows.map(({ id }) => id));
    state = { rows: [...rows, ...page.rows.filter(({ id }) => !known.has(id))], hasMore: page.more };
  }

  return {
    getRows: () => state.rows,
    hasMore: () => state.hasMore,
    wasRead: () => wasRead,
    /**
     * Reads again what changed, and what is new; one reading covers all that was asked for before it began.
     * @param ids of the rows that changed; left out, all that was read is read again
     */
    refresh: (ids) => {
      if (ids === undefined) everything = true;
      else for (const id of ids) touched.add(id);
      waiting ??= enqueue(readTouched);
      return waiting;
    },
    /** The page after what was read. */
    readMore: () => enqueue(readNext),
  };
}
