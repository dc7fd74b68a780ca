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

/** @param newest the id of the newest request that is shown */
function toFollowLabel(isHeld, data, newest) {
  if (!isHeld) return "Pause";
  const missed = newest === undefined ? data.length : data.findIndex(({ requestId }) => requestId === newest);
  if (missed === 0 || data.length === 0) return "Go on";
  // So many are listed at most, and none of them was there.
  return missed < 0 ? `Go on: ${data.length} or more` : `Go on: ${missed} more`;
}

export function createRequestLog() {
  const gauge = createGauge();
  const filter = createFilter(() => read());
  const items = h("ul", { class: "log requests-log" });
  const below = h("div");
  let isHeld = false;
  /** Of the list that is shown: what it was asked for, and its newest. */
  let shown = {};
  const drawFollow = (data) => {
    const label = toFollowLabel(isHeld, data, shown.newest);
    if (follow.textContent !== label) follow.textContent = label;
    follow.setAttribute("aria-pressed", String(isHeld));
  };
  const follow = button("Pause", () => {
    isHeld = !isHeld;
    drawFollow([]);
    if (!isHeld) read();
  });

  /** Another list than the one that is held still is shown, and held in its turn. */
  const show = ({ data, found, total, keys, budget }, asked) => {
    gauge.show(budget);
    const stays = isHeld && asked === shown.asked;
    if (!stays) shown = { asked, newest: data[0]?.requestId };
    drawFollow(data);
    if (stays) return;
    filter.show({ found, total, keys });
    filter.element.hidden = total === 0 && !filter.isSet();
    follow.hidden = total === 0;
    renderList(items, data, (request) => request.requestId, requestItem);
    renderIfChanged(below, { total, found, shown: data.length }, (state) => belowItem(state, filter.clear));
  };

  const read = coalesceCalls(async () => {
    const query = filter.query();
    show(await consoleApi.get("requests", query), JSON.stringify(query));
  });
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
