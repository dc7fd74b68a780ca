/** Registering an endpoint, changing it, giving it a new secret, and trying it. */
import { consoleApi, encodeId } from "../api.js";
import { choices } from "../choices.js";
import { h } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { dialog } from "../elements/dialog.js";
import { block } from "../elements/display.js";
import { field, form, select } from "../elements/form.js";
import { jsonBlock } from "../elements/json.js";

function showSecret({ secret }, text) {
  return dialog("The endpoint's secret", (close) => [
    h("p", {}, text),
    block(secret, "The secret"),
    h("div", { class: "buttons" }, copyButton(secret, "Copy the secret"), button("Done", close, { kind: "primary" })),
  ]);
}

function urlInput(value = "") {
  return h("input", {
    name: "url",
    type: "url",
    placeholder: "https://example.com/hooks/onsync",
    autocomplete: "off",
    value,
  });
}

/** A box for each event. */
function createEventBoxes(isChecked) {
  const boxes = choices.eventTypes.map((event) => {
    const input = h("input", { type: "checkbox", value: event, checked: isChecked(event) });
    return { input, label: h("label", { class: "check" }, input, h("code", {}, event)) };
  });
  return {
    element: h(
      "fieldset",
      { class: "checks" },
      h("legend", {}, "Events"),
      boxes.map(({ label }) => label),
    ),
    read: () => boxes.flatMap(({ input }) => (input.checked ? [input.value] : [])),
  };
}

function secretField() {
  const input = h("input", { name: "secret", type: "text", autocomplete: "off" });
  return { input, element: field("Secret", input, "Made for you when you give none.") };
}

export function registerWebhook() {
  const url = urlInput();
  const secret = secretField();
  const events = createEventBoxes((event) => event === "message.created");
  dialog("Register an endpoint", (close) =>
    form(
      async () => {
        const given = {
          url: url.value.trim(),
          events: events.read(),
          ...(secret.input.value && { secret: secret.input.value }),
        };
        const made = await consoleApi.post("webhooks", given);
        close();
        showSecret(made, "Verify X-OnSync-Signature with it before anything else. It is shown this once.");
      },
      { label: "Register" },
      field("URL", url, "Where events are posted. It must answer 2xx within ten seconds."),
      events.element,
      secret.element,
    ),
  );
}

export function editWebhook({ id: webhookId, url: before, events: asked }) {
  const url = urlInput(before);
  const events = createEventBoxes((event) => asked.includes(event));
  dialog("Edit the endpoint", (close) =>
    form(
      async () => {
        await consoleApi.patch(`webhooks/${encodeId(webhookId)}`, { url: url.value.trim(), events: events.read() });
        close();
      },
      { label: "Save" },
      field("URL", url, "What waits goes to the new one, too. The secret stays."),
      events.element,
    ),
  );
}

export function rotateSecret({ id: webhookId, url }) {
  const secret = secretField();
  dialog("Rotate the secret?", (close) =>
    form(
      async () => {
        const given = secret.input.value ? { secret: secret.input.value } : {};
        const made = await consoleApi.post(`webhooks/${encodeId(webhookId)}/rotate`, given);
        close();
        showSecret(made, "Whatever is sent from now on is signed with it, retries included. It is shown this once.");
      },
      { label: "Rotate", kind: "danger" },
      h(
        "p",
        {},
        h("span", { class: "url" }, url),
        " refuses deliveries until it knows the new secret; they are tried again.",
      ),
      secret.element,
    ),
  );
}

export function sendTestEvent({ id: webhookId, url, status }) {
  const type = select(
    choices.eventTypes.map((each) => [each, each]),
    choices.eventTypes[0],
    { name: "type" },
  );
  const sample = h("div");
  const draw = () =>
    sample.replaceChildren(jsonBlock(JSON.stringify(choices.sampleEvents[type.value]), `Sample of ${type.value}`));
  type.addEventListener("change", draw);
  draw();
  dialog("Send a test event", (close) =>
    form(
      async () => {
        const { id: deliveryId } = await consoleApi.post(`webhooks/${encodeId(webhookId)}/test`, { type: type.value });
        close();
        location.hash = `#/settings/deliveries/${encodeId(deliveryId)}`;
      },
      { label: "Send" },
      h(
        "p",
        {},
        "To ",
        h("span", { class: "url strong" }, url),
        ", signed, with an id of its own. Nothing changes in the inbox.",
      ),
      field("Event", type, status === "paused" ? "The endpoint is paused: it waits until that is over." : undefined),
      sample,
    ),
  );
}
