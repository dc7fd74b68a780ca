/** The latest requests as they are made, until somebody holds the list still. */
import { consoleApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { empty } from "../elements/display.js";
import { createFilter } from "./filter.js";
import { createGauge } from "./gauge.js";
import { requestItem } from "./request-item.js";

function belowItem({ total, shown, found }, showAll) {
  if (total === 0) {
    return empty("No requests yet", "Every call of the API shows up here: curl, a Zap, an assistant's tool call.");
  }
  if (shown > 0) {
    const more = found > shown ? `The latest ${shown} of ${found} are listed. ` : "";
    return h("p", { class: "soft" }, `${more}The last thousand are kept, what they carried as far as 16 MiB reach.`);
  }
  return empty(
    "None of them fits",
    "Every word must stand in what is known of a request.",
    button("Show all", showAll),
  );
}

export function createRequestLog() {
  const gauge = createGauge();
  const filter = createFilter(() => read());
  const items = h("ul", { class: "log requests-log" });
  const below = h("div");
  /** The total when the list was held still; `null` while it follows. */
  let held = null;
  let total = 0;
  const follow = button("Pause", () => {
    held = held === null ? total : null;
    drawFollow();
    if (held === null) read();
  });
  const drawFollow = () => {
    const missed = held === null ? 0 : Math.max(0, total - held);
    const label = held === null ? "Pause" : missed > 0 ? `Go on: ${missed} more` : "Go on";
    if (follow.textContent !== label) follow.textContent = label;
    follow.setAttribute("aria-pressed", String(held !== null));
  };

  const show = ({ data, found, total: all, keys, budget }) => {
    gauge.show(budget);
    total = all;
    drawFollow();
    if (held !== null) return;
    filter.show({ found, total, keys });
    filter.element.hidden = total === 0 && !filter.isSet();
    follow.hidden = total === 0;
    renderList(items, data, (request) => request.requestId, requestItem);
    renderIfChanged(below, { total, found, shown: data.length }, (state) => belowItem(state, filter.clear));
  };

  const read = coalesceCalls(async () => show(await consoleApi.get("requests", filter.query())));
  return {
    element: h(
      "div",
      { class: "request-log" },
      gauge.element,
      h("div", { class: "row-head" }, h("h2", {}, "Latest"), follow),
      filter.element,
      items,
      below,
    ),
    read,
  };
}
