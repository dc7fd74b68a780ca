/** Webhook endpoints: registered, paused and resumed, removed, and how their deliveries went. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { choices } from "../choices.js";
import { h } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { askToConfirm, dialog } from "../elements/dialog.js";
import { block, chip, toStatusKind } from "../elements/display.js";
import { field, form } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { createAge } from "../time/format.js";
import { createSettingsSection } from "./section.js";

function showSecret({ secret }) {
  return dialog("The endpoint's secret", (close) => [
    h("p", {}, "Verify X-OnSync-Signature with it before anything else. It is shown this once."),
    block(secret, "The secret"),
    h("div", { class: "buttons" }, copyButton(secret, "Copy the secret"), button("Done", close, { kind: "primary" })),
  ]);
}

function registerWebhook() {
  const url = h("input", {
    name: "url",
    type: "url",
    placeholder: "https://example.com/hooks/onsync",
    autocomplete: "off",
  });
  const secret = h("input", { name: "secret", type: "text", autocomplete: "off" });
  const boxes = choices.eventTypes.map((event) => {
    const input = h("input", { type: "checkbox", value: event, checked: event === "message.created" });
    return { input, label: h("label", { class: "check" }, input, h("code", {}, event)) };
  });
  dialog("Register an endpoint", (close) =>
    form(
      async () => {
        const made = await consoleApi.post("webhooks", {
          url: url.value.trim(),
          events: boxes.flatMap(({ input }) => (input.checked ? [input.value] : [])),
          ...(secret.value && { secret: secret.value }),
        });
        close();
        showSecret(made);
      },
      { label: "Register" },
      field("URL", url, "Where events are posted. It must answer 2xx within ten seconds."),
      h(
        "fieldset",
        { class: "checks" },
        h("legend", {}, "Events"),
        boxes.map(({ label }) => label),
      ),
      field("Secret", secret, "Made for you when you give none."),
    ),
  );
}

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
