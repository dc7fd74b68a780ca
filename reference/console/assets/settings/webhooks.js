/** Webhook endpoints: registered, edited, tried, paused and resumed, removed, and how their deliveries went. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { chip, toStatusKind } from "../elements/display.js";
import { toastErrors } from "../elements/toast.js";
import { createAge } from "../time/format.js";
import { createSettingsSection } from "./section.js";
import { editWebhook, registerWebhook, rotateSecret, sendTestEvent } from "./webhook-form.js";

async function removeWebhook({ id: webhookId, url }) {
  const sure = await askToConfirm(
    "Remove the endpoint?",
    `${url} gets no more events, and what waits for it is dropped.`,
    "Remove",
  );
  if (sure) await toastErrors(() => consoleApi.delete(`webhooks/${encodeId(webhookId)}`));
}

function statItem(name, value, kind) {
  return h("div", { class: kind }, h("dt", {}, name), h("dd", {}, value));
}

function webhookItem(webhook) {
  const { id: webhookId, url, status, stats } = webhook;
  const paused = status === "paused";
  return h(
    "li",
    { class: "row" },
    h("div", { class: "row-head" }, h("span", { class: "strong url" }, url), chip(status, paused ? "warn" : "good")),
    h(
      "p",
      { class: "chips" },
      webhook.events.map((event) => chip(event)),
    ),
    h(
      "dl",
      { class: "stats" },
      statItem("Delivered", stats.delivered),
      statItem("Failed", stats.failed, stats.failed > 0 ? "bad" : ""),
      statItem("Waiting", stats.pending, stats.pending > 0 ? "warn" : ""),
      statItem("Retried", stats.retried),
      statItem(
        "Last attempt",
        stats.lastDeliveryAt
          ? [
              h("span", { class: "age" }, createAge(stats.lastDeliveryAt)),
              " ",
              chip(stats.lastStatusCode ?? "no answer", toStatusKind(stats.lastStatusCode)),
            ]
          : "none",
      ),
    ),
    h(
      "div",
      { class: "buttons" },
      button(paused ? "Resume" : "Pause", () =>
        toastErrors(() => controlApi.post(`webhooks/${encodeId(webhookId)}/${paused ? "resume" : "pause"}`)),
      ),
      h("a", { class: "button quiet", href: `#/settings/deliveries/of/${encodeId(webhookId)}` }, "Deliveries"),
      button("Send a test event", () => sendTestEvent(webhook)),
      button("Edit", () => editWebhook(webhook)),
      button("Rotate secret", () => rotateSecret(webhook)),
      button("Remove", () => removeWebhook(webhook)),
    ),
    paused &&
      h("p", { class: "soft" }, "Events wait, and are delivered oldest first when it is resumed. The secret stays."),
  );
}

export function createWebhooksSection(place) {
  return createSettingsSection(place, {
    lead: "Each event is posted to every endpoint that asked for it, signed with the endpoint's secret, in up to four attempts.",
    add: button("Register endpoint", registerWebhook, { kind: "primary" }),
    read: async () => (await consoleApi.get("webhooks")).data,
    keyOf: (webhook) => webhook.id,
    item: webhookItem,
    none: ["No endpoints", "Register one to be told of messages, conversations and contacts."],
    kind: "webhook",
  });
}
