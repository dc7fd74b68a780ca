/** The latest requests to the API with what is left of the org's budget, and charts of what happened. */
import { createCharts } from "../charts/charts.js";
import { createTabs } from "../elements/tabs.js";
import { createRequestLog } from "../requests/request-log.js";

/** @param kinds of changes after which it is read again */
function createSection(createView, kinds) {
  return (place) => {
    const { element, read } = createView();
    place.append(element);
    return {
      show: read,
      changed: (changed) => (kinds.some((kind) => changed.has(kind)) ? read() : undefined),
    };
  };
}

const sections = {
  log: ["Log", createSection(createRequestLog, ["request", "clock", "everything"])],
  charts: ["Charts", createSection(createCharts, ["request", "delivery", "conversation", "clock", "everything"])],
};

export function requestsPage(page) {
  return createTabs(page, { title: "Requests", label: "Requests", address: "#/requests", sections });
}
