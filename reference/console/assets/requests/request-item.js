/** A request in the list: a line, and more of it when it is opened. */
import { h } from "../dom.js";
import { copyButton } from "../elements/button.js";
import { chip, facts, toStatusKind } from "../elements/display.js";
import { formatDateTime, formatSeconds } from "../time/format.js";
import { createExchangeView } from "./exchange.js";
import { decodePath } from "./path.js";

function summaryItem({ method, path, status, durationMs, keyPrefix, error, fault, at, requestId }) {
  return h(
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
  );
}

export function requestItem(request) {
  const { method, path, durationMs, keyPrefix, orgId, client, remaining, error, fault, at, requestId } = request;
  const exchange = createExchangeView(requestId);
  const readIfOpen = ({ target }) => {
    if (target === details && details.open) exchange.read();
  };
  const details = h(
    "details",
    { class: "request", on: { toggle: readIfOpen } },
    summaryItem(request),
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
    exchange.element,
  );
  return h("li", {}, details);
}
