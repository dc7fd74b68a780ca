/** A section of the settings: what it is about, the button that adds one, and a row for each there is. */
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { empty } from "../elements/display.js";

/**
 * @param lead what it is about, in a sentence or two
 * @param add the button
 * @param read gives the rows' data
 * @param none what is said where there is no row: a title and a sentence
 * @param kind of change after which they are read again
 */
export function createSettingsSection(place, { lead, add, read, keyOf, item, none, kind }) {
  const items = h("ul", { class: "rows" });
  const below = h("div");
  place.append(h("div", { class: "lead" }, h("p", {}, lead), add), items, below);
  const refresh = coalesceCalls(async () => {
    const data = await read();
    renderList(items, data, keyOf, item);
    renderIfChanged(below, data.length, (count) => (count === 0 ? empty(...none) : h("div")));
  });
  return {
    show: refresh,
    changed: (kinds) => (kinds.has(kind) || kinds.has("everything") ? refresh() : undefined),
  };
}
