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
 * @param readPage is given `{ before, limit }`, `before` being the last row's position; gives `{ rows, more }`
 * @param positionOf a row's position
 * @param pageSize of the first page; those that are asked for are larger, and what is read again comes in the largest
 */
export function createPagedList({ readPage, positionOf, pageSize = 50, nextSize = 200, rereadSize = 500 }) {
  let rows = [];
  let hasMore = false;
  /** What is to be read again: ids, or all of it. */
  let touched = new Set();
  let everything = false;
  let queue = Promise.resolve();

  /** One reading after the other, so that none works on what another is about to replace. */
  function enqueue(work) {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  }

  /** How far down must be read again: to the deepest of what changed and was not met yet, and to what was first. */
  function findDepth(wanted, fresh) {
    const deepest = rows.findLast(({ id }) => wanted(id) && !fresh.has(id)) ?? rows[0];
    return deepest && positionOf(deepest);
  }

  async function reread() {
    const ids = touched;
    const wanted = everything ? () => true : (id) => ids.has(id);
    touched = new Set();
    everything = false;
    const fresh = new Map();
    let last;
    let limit = pageSize;
    for (;;) {
      const page = await readPage({ before: last?.join(","), limit });
      for (const row of page.rows) fresh.set(row.id, row);
      if (!page.more) {
        rows = [...fresh.values()];
        hasMore = false;
        return;
      }
      last = positionOf(page.rows.at(-1));
      const depth = findDepth(wanted, fresh);
      if (depth === undefined || !isAfter(depth, last)) break;
      limit = rereadSize;
    }
    const deeper = rows.filter((row) => !fresh.has(row.id) && isAfter(positionOf(row), last));
    hasMore = deeper.length === 0 || hasMore;
    rows = [...fresh.values(), ...deeper];
  }

  let waiting;

  return {
    getRows: () => rows,
    hasMore: () => hasMore,
    /**
     * Reads again what changed, and what is new; one reading covers all that was asked for before it began.
     * @param ids of the rows that changed; left out, all that was read is read again
     */
    refresh: (ids) => {
      if (ids === undefined) everything = true;
      else for (const id of ids) touched.add(id);
      waiting ??= enqueue(() => {
        waiting = undefined;
        return reread();
      });
      return waiting;
    },
    /** The page after what was read. */
    readMore: () =>
      enqueue(async () => {
        if (!hasMore) return;
        const before = rows.length === 0 ? undefined : positionOf(rows.at(-1)).join(",");
        const page = await readPage({ before, limit: nextSize });
        const known = new Set(rows.map(({ id }) => id));
        rows = [...rows, ...page.rows.filter(({ id }) => !known.has(id))];
        hasMore = page.more;
      }),
  };
}
