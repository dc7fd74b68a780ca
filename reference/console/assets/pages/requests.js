/** The latest requests to the API, and what is left of the org's budget. */
import { own } from "../api.js";
import { h, keyed, redraw } from "../dom.js";
import { chip, copyButton, empty, facts, statusKind } from "../parts.js";
import { refreshing } from "../refresh.js";
import { createGauge } from "../requests/gauge.js";
import { fullTime, secondsOf } from "../time.js";

/** The path as people read it; as it stands where it is not well encoded. */
const readable = (path) => {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
};

const requestItem = (request) => {
  const { method, path, status, durationMs, keyPrefix, client, remaining, error, fault, at, requestId } = request;
  return h(
    "li",
    {},
    h(
      "details",
      { class: "request" },
      h(
        "summary",
        {},
        chip(status, statusKind(status)),
        h("span", { class: "path" }, h("span", { class: "method" }, method), " ", readable(path)),
        h("code", { class: "soft prefix" }, keyPrefix ? `${keyPrefix}…` : "no key"),
        h("span", { class: "soft number" }, `${durationMs} ms`),
        h("time", { class: "soft number", datetime: at, title: fullTime(at) }, secondsOf(at)),
        h("code", { class: "soft request-id" }, requestId),
        (error || fault) &&
          h("span", { class: "soft trouble" }, [fault && `fault: ${fault}`, error?.code].filter(Boolean).join(" · ")),
      ),
      facts([
        ["Request id", h("code", {}, requestId), copyButton(requestId)],
        error && ["Error", error.code ? h("code", {}, error.code) : null, ` ${error.message}`],
        fault && ["Injected fault", fault],
        ["Key", keyPrefix ? h("code", {}, `${keyPrefix}…`) : "none"],
        ["Client", client ?? "unknown"],
        remaining !== null && ["Left after it", `${remaining} requests`],
        ["At", fullTime(at)],
      ]),
    ),
  );
};

export const requestsPage = (page) => {
  const gauge = createGauge();
  const items = h("ul", { class: "log requests-log" });
  const below = h("div");
  page.classList.add("sheet");
  page.append(h("h1", {}, "Requests"), gauge.element, h("h2", {}, "Latest"), items, below);

  const read = refreshing(async () => {
    const { data, budget } = await own.get("requests");
    gauge.show(budget);
    keyed(items, data, (request) => request.requestId, requestItem);
    redraw(below, data.length, (count) =>
      count === 0
        ? empty("No requests yet", "Every call of the API shows up here: curl, a Zap, an assistant's tool call.")
        : h("p", { class: "soft" }, "The last two hundred are kept, without their bodies."),
    );
  });

  return {
    show: read,
    changed: (kinds) => (["request", "clock", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined),
  };
};
