/** The latest requests to the API, and what is left of the org's budget. */
import { consoleApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { chip, empty, facts, toStatusKind } from "../elements/display.js";
import { createFilter } from "../requests/filter.js";
import { createGauge } from "../requests/gauge.js";
import { decodePath } from "../requests/path.js";
import { formatDateTime, formatSeconds } from "../time/format.js";

function requestItem(request) {
  const { method, path, status, durationMs, keyPrefix, orgId, client, remaining, error, fault, at, requestId } =
    request;
  return h(
    "li",
    {},
    h(
      "details",
      { class: "request" },
      h(
        "summary",
        {},
        chip(status, toStatusKind(status)),
        h("span", { class: "path" }, h("span", { class: "method" }, method), " ", decodePath(path)),
        h("code", { class: "soft prefix" }, keyPrefix ? `${keyPrefix}…` : "no key"),
        h("span", { class: "soft number" }, `${durationMs} ms`),
        h("time", { class: "soft number", datetime: at, title: formatDateTime(at) }, formatSeconds(at)),
        h("code", { class: "soft request-id" }, requestId),
        (error || fault) &&
          h("span", { class: "soft trouble" }, [fault && `fault: ${fault}`, error?.code].filter(Boolean).join(" · ")),
      ),
      facts([
        ["Request id", h("code", {}, requestId), copyButton(requestId)],
        ["Request", h("code", {}, `${method} ${path}`)],
        ["Took", `${durationMs} ms`],
        error && ["Error", error.code ? h("code", {}, error.code) : null, ` ${error.message}`],
        fault && ["Injected fault", fault],
        ["Key", keyPrefix ? h("code", {}, `${keyPrefix}…`) : "none"],
        orgId === null && ["Org", "None: no org has this key, so it is listed in every org."],
        ["Client", client ?? "unknown"],
        remaining !== null && ["Left after it", `${remaining} requests`],
        ["At", formatDateTime(at)],
      ]),
    ),
  );
}

export function requestsPage(page) {
  const gauge = createGauge();
  let requests = [];
  const filter = createFilter(() => draw());
  const items = h("ul", { class: "log requests-log" });
  const below = h("div");
  page.classList.add("sheet");
  page.append(h("h1", {}, "Requests"), gauge.element, h("h2", {}, "Latest"), filter.element, items, below);

  const draw = () => {
    const found = filter.apply(requests);
    filter.element.hidden = requests.length === 0 && !filter.isSet();
    renderList(items, found, (request) => request.requestId, requestItem);
    renderIfChanged(below, { all: requests.length, shown: found.length }, ({ all, shown }) => {
      if (all === 0) {
        return empty("No requests yet", "Every call of the API shows up here: curl, a Zap, an assistant's tool call.");
      }
      if (shown > 0) return h("p", { class: "soft" }, "The last two hundred are listed, without their bodies.");
      return empty(
        "None of them fits",
        "Every word must stand in what is known of a request.",
        button("Show all", filter.clear),
      );
    });
  };

  const read = coalesceCalls(async () => {
    const { data, budget } = await consoleApi.get("requests");
    gauge.show(budget);
    requests = data;
    draw();
  });

  return {
    show: read,
    changed: (kinds) => (["request", "clock", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined),
  };
}
