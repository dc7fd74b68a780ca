/** The list on the left of a page: searched and narrowed, read on as one scrolls, and kept as it is on the server. */
import { addRovingTabindex, h, renderIfChanged, renderList } from "../dom.js";
import { createMore } from "./more.js";
import { createPagedList } from "./paged-list.js";

const texts = new WeakMap();

/** A row that was not read again is the same object, of thousands nearly all. */
function toText(row) {
  const text = texts.get(row) ?? JSON.stringify(row);
  texts.set(row, text);
  return text;
}

/** The heading, what one may do beside it, the fields that narrow the list, and the list. */
function listFrame({ title, action, filters }) {
  const items = h("ul", { class: "items" });
  const none = h("div");
  const count = h("p", { class: "visually-hidden", role: "status" });
  addRovingTabindex(items, "a");
  const element = h(
    "section",
    { class: "master", "aria-label": title.list },
    h("div", { class: "master-head" }, h("h1", {}, title.page), action),
    filters.element,
    count,
    items,
    none,
  );
  return { element, items, none, count };
}

function toCountText(count, hasMore) {
  return `${count}${hasMore ? " or more" : ""} found`;
}

function openList(view) {
  const filter = view.filters.read();
  return createPagedList({
    positionOf: ({ position }) => position,
    readPage: async (page) => {
      const { data, more } = await view.readPage(filter, page);
      return { rows: data, more };
    },
  });
}

/** The row so many places on from the current one, or the first; the next page is read where the list ends. */
async function findNext(list, current, by) {
  const findCurrent = () => list.getRows().findIndex(({ id }) => id === current);
  if (findCurrent() + by >= list.getRows().length) await list.readMore();
  const rows = list.getRows();
  const at = findCurrent();
  return rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
}

/**
 * @param view `title` (`{ page, list }`), `action` (an element), `filters` (`element`, `read()`, `isNarrowed()`),
 *   `readPage(filter, page)`, `describe(row)` (what is shown beside what was read), `renderItem(item)`, `renderNone()`,
 *   `open(id)`
 */
export function createListView(view) {
  let current;
  let list;
  const { element, items, none, count } = listFrame(view);
  const more = createMore("Show more", element, () => list.readMore().then(draw));
  element.append(more.element);

  function draw() {
    if (!list?.wasRead()) return;
    const rows = list.getRows();
    renderList(
      items,
      rows,
      ({ id }) => id,
      (row) => view.renderItem({ ...row, ...view.describe(row), current: row.id === current }),
      (row) => `${toText(row)}${row.id === current}${JSON.stringify(view.describe(row))}`,
    );
    const state = { none: rows.length === 0, filter: view.filters.read() };
    renderIfChanged(none, state, () => (state.none ? view.renderNone() : h("div")));
    more.show(list.hasMore());
    const found = view.filters.isNarrowed() ? toCountText(rows.length, list.hasMore()) : "";
    if (count.textContent !== found) count.textContent = found;
  }

  /** Another list in the place of this one, as soon as its first page is read. */
  async function search() {
    list = openList(view);
    await refresh([]);
    element.scrollTop = 0;
  }

  /** @param ids of the rows that changed; left out, all is read again */
  async function refresh(ids) {
    list ??= openList(view);
    const asked = list;
    await asked.refresh(ids);
    if (list === asked) draw();
  }

  return {
    element,
    search,
    refresh,
    redraw: draw,
    getRows: () => list?.getRows() ?? [],
    /** Marks the one that is looked at. */
    mark: (id) => {
      current = id;
      draw();
    },
    step: async (by) => {
      const next = list && (await findNext(list, current, by));
      if (!next) return;
      view.open(next.id);
      draw();
      items.children[list.getRows().indexOf(next)]?.scrollIntoView({ block: "nearest" });
    },
  };
}
