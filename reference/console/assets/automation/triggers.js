/** Smart Triggers: each in a sentence, switched on and off, changed and removed. */
import { controlApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { chip, empty } from "../elements/display.js";
import { toastErrors } from "../elements/toast.js";
import { withOrg } from "../org/address.js";
import { openTriggerForm } from "./trigger-form.js";
import { describeActions, describeCondition } from "./words.js";

async function removeTrigger({ id: triggerId, name }) {
  const sure = await askToConfirm("Remove the trigger?", `${name} acts no more. What it did stays.`, "Remove");
  if (sure) await toastErrors(() => controlApi.delete(`triggers/${encodeId(triggerId)}`));
}

function switchTrigger({ id: triggerId, enabled }) {
  return toastErrors(() => controlApi.patch(`triggers/${encodeId(triggerId)}`, { enabled: !enabled }));
}

function triggerItem(trigger) {
  const { name, enabled, when, actions, runs } = trigger;
  return h(
    "li",
    { class: "row" },
    h(
      "div",
      { class: "row-head" },
      h("h3", {}, userText(name), " ", chip(enabled ? "on" : "off", enabled ? "good" : "plain")),
      h(
        "div",
        { class: "buttons" },
        button(enabled ? "Switch off" : "Switch on", () => switchTrigger(trigger), {
          "aria-label": `Switch ${enabled ? "off" : "on"} ${name}`,
        }),
        button("Change", () => openTriggerForm(trigger), { "aria-label": `Change ${name}` }),
        button("Remove", () => removeTrigger(trigger), { "aria-label": `Remove ${name}` }),
      ),
    ),
    userText(`${describeCondition(when)}: ${describeActions(actions)}.`, "p", { class: "text" }),
    h("p", { class: "soft" }, runs === 0 ? "Has not acted yet." : `Acted on ${runs} message${runs === 1 ? "" : "s"}.`),
  );
}

export function createTriggersPanel() {
  const items = h("ul", { class: "rows" });
  const below = h("div");
  const element = h(
    "section",
    { "aria-labelledby": "triggers-title" },
    h("h2", { id: "triggers-title" }, "Smart Triggers"),
    h(
      "div",
      { class: "lead" },
      h(
        "p",
        {},
        "When a message matches, whether it came from a customer, from here or by the API, they act in this order. What a trigger sends sets off none.",
      ),
      button("New trigger", () => openTriggerForm(), { kind: "primary" }),
    ),
    items,
    below,
  );
  const read = coalesceCalls(async () => {
    const { data } = await controlApi.get("triggers", withOrg());
    renderList(items, data, (trigger) => trigger.id, triggerItem);
    renderIfChanged(below, data.length, (count) =>
      count === 0 ? empty("No triggers", "Messages are only routed: a new conversation goes to a teammate.") : h("div"),
    );
  });
  return { element, read };
}
