/** One delivery: its event, and each attempt with request, signature and response. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { block, chip, empty, facts, toStatusKind } from "../elements/display.js";
import { jsonBlock } from "../elements/json.js";
import { toastErrors as attempted } from "../elements/toast.js";
import { formatDateTime, formatDuration, formatSeconds } from "../time/format.js";
import { now, updateEverySecond } from "../time/server-clock.js";
import { comparisonTable } from "./compare-attempts.js";

export function deliveryChip(status) {
  return chip(status, { delivered: "good", failed: "bad", pending: "warn" }[status] ?? "plain");
}

/** When it is tried again, counted down. */
export function nextAttemptCountdown({ status, nextAttemptAt, attempts, webhook }) {
  if (status !== "pending") return null;
  if (webhook?.status === "paused") return "waits: paused";
  if (!nextAttemptAt || attempts === 0) return null;
  return updateEverySecond(h("span"), (element) => {
    const left = Date.parse(nextAttemptAt) - now();
    element.textContent = left > 0 ? `again in ${formatDuration(left)}` : "due";
  });
}

function formatHeaders(headers) {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function attemptItem(attempt, number, body, isLast) {
  const { statusCode, error, durationMs, requestHeaders, responseHeaders, responseBody } = attempt;
  const signature = requestHeaders["X-OnSync-Signature"];
  return h(
    "li",
    {},
    h(
      "details",
      { class: "attempt", open: isLast },
      h(
        "summary",
        {},
        h("span", { class: "strong" }, `Attempt ${number}`),
        chip(statusCode ?? "no answer", toStatusKind(statusCode)),
        h("span", { class: "soft" }, `${formatSeconds(attempt.at)} · ${durationMs} ms${error ? ` · ${error}` : ""}`),
      ),
      h("h4", {}, "Signature"),
      h("p", { class: "signature" }, h("code", {}, signature), copyButton(signature)),
      h(
        "p",
        { class: "soft" },
        "X-OnSync-Signature: HMAC-SHA256 of the raw body below, with the endpoint's secret, in hex.",
      ),
      h("h4", {}, "Request"),
      block(`POST ${attempt.url}\n${formatHeaders(requestHeaders)}\n\n${body}`, `Request of attempt ${number}`),
      h("h4", {}, "Response"),
      statusCode === null
        ? h("p", { class: "soft" }, `None: ${error}.`)
        : block(
            `${statusCode}\n${formatHeaders(responseHeaders ?? {})}${responseBody ? `\n\n${responseBody}` : ""}`,
            `Response of attempt ${number}`,
          ),
    ),
  );
}

function deliveryCard({ delivery, body, attempts }) {
  return h(
    "article",
    { class: "card" },
    h("a", { class: "back always", href: "#/settings/deliveries" }, "‹ Delivery log"),
    h("div", { class: "row-head" }, h("h2", {}, delivery.eventType), deliveryChip(delivery.status)),
    facts([
      ["Endpoint", h("span", { class: "url" }, delivery.webhook?.url ?? `${delivery.webhookId} (removed)`)],
      ["Event", h("code", {}, delivery.eventId)],
      ["Delivery", h("code", {}, delivery.id)],
      ["Caused", formatDateTime(delivery.createdAt)],
      delivery.status === "pending" && [
        "Next attempt",
        nextAttemptCountdown(delivery) ?? "now",
        delivery.nextAttemptAt && ", ",
        delivery.nextAttemptAt && formatDateTime(delivery.nextAttemptAt),
      ],
    ]),
    delivery.webhook &&
      h(
        "div",
        { class: "buttons" },
        button("Redeliver", () => attempted(() => controlApi.post(`deliveries/${encodeId(delivery.id)}/redeliver`)), {
          kind: "primary",
        }),
        h("span", { class: "soft" }, "The same bytes and the same event id, in a new round of up to four attempts."),
      ),
    h("h3", {}, "Event"),
    jsonBlock(body, "The event, set out for reading"),
    attempts.length > 1 && [
      h("h3", {}, "Side by side"),
      h("p", { class: "soft" }, "What is not the same in all attempts is marked."),
      comparisonTable(attempts),
    ],
    h("h3", {}, "Attempts"),
    attempts.length === 0
      ? h("p", { class: "soft" }, "None yet.")
      : h(
          "ol",
          { class: "attempts" },
          attempts.map((each, index) => attemptItem(each, index + 1, body, index === attempts.length - 1)),
        ),
  );
}

export function createDeliveryView() {
  const element = h("div");
  return {
    element,
    read: async (deliveryId) => {
      try {
        const { delivery, body, attempts } = await consoleApi.get(`deliveries/${encodeId(deliveryId)}`);
        renderIfChanged(element, { delivery, body, attempts }, deliveryCard);
      } catch (error) {
        renderIfChanged(element, { failure: error.message }, ({ failure }) =>
          empty("It cannot be shown", failure, h("a", { href: "#/settings/deliveries" }, "Delivery log")),
        );
      }
    },
  };
}
