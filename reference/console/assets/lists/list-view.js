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

/**
 * @param view `title` (`{ page, list }`), `action` (an element), `filters` (`element`, `read()`, `isNarrowed()`),
 *   `readPage(filter, page)`, `describe(row)` (what is shown beside what was read), `renderItem(item)`, `renderNone()`,
 *   `open(id)`
 */
export function createListView(view) {
  let current;
  let list;
  const { filters } = view;
  const { element, items, none, count } = listFrame(view);
  const more = createMore("Show more", element, async () => {
    const asked = list;
    await asked.readMore();
    if (list === asked) draw();
  });
  element.append(more.element);

  function draw() {
    if (!list) return;
    const rows = list.getRows();
    const toItem = (row) => ({ ...row, ...view.describe(row), current: row.id === current });
    renderList(
      items,
      rows,
      ({ id }) => id,
      (row) => view.renderItem(toItem(row)),
      (row) => `${toText(row)}${row.id === current}${JSON.stringify(view.describe(row))}`,
    );
    const state = { none: rows.length === 0, filter: filters.read() };
    renderIfChanged(none, state, () => (state.none ? view.renderNone() : h("div")));
    more.show(list.hasMore());
    const found = filters.isNarrowed() ? `${rows.length}${list.hasMore() ? " or more" : ""} found` : "";
    if (count.textContent !== found) count.textContent = found;
  }

  /** Another list in the place of this one, as soon as its first page is read. */
  async function search() {
    const filter = filters.read();
    const next = createPagedList({
      positionOf: ({ position }) => position,
      readPage: async (page) => {
        const { data, more: hasMore } = await view.readPage(filter, page);
        return { rows: data, more: hasMore };
      },
    });
    list = next;
    await next.refresh();
    if (list !== next) return;
    draw();
    element.scrollTop = 0;
  }

  return {
    element,
    search,
    redraw: draw,
    getRows: () => list?.getRows() ?? [],
    /** @param ids of the rows that changed; left out, all is read again */
    refresh: async (ids) => {
      if (!list) return search();
      const asked = list;
      await asked.refresh(ids);
      if (list === asked) draw();
    },
    /** Marks the one that is looked at. */
    mark: (id) => {
      current = id;
      draw();
    },
    /** Opens the one so many places on, or the first; the next page is read where the list ends. */
    step: async (by) => {
      const findCurrent = () => list.getRows().findIndex(({ id }) => id === current);
      if (findCurrent() + by >= list.getRows().length) await list.readMore();
      const rows = list.getRows();
      const at = findCurrent();
      const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
      if (!next) return;
      view.open(next.id);
      draw();
      items.children[rows.indexOf(next)]?.scrollIntoView({ block: "nearest" });
    },
  };
}
