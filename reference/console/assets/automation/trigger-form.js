/** A Smart Trigger, new or changed. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { h } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { field, form, select } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { withOrg } from "../org/address.js";
import { platformNames } from "../platforms.js";
import { createReplyFields } from "./reply-fields.js";

const newTrigger = { name: "", when: { direction: "inbound" }, actions: {} };

function splitAt(separator, text) {
  const parts = text.split(separator).map((part) => part.trim());
  return parts.some(Boolean) ? parts.filter(Boolean) : undefined;
}

/** Teammates by id, nobody, and whoever it is now. */
function assigneeChoice(teammates, assign) {
  const others = assign && !teammates.some(({ id }) => id === assign.id) ? [assign] : [];
  const options = [["", "Nobody"], ...[...teammates, ...others].map(({ id, name }) => [id, name])];
  return select(options, assign?.id ?? "", { name: "assign" });
}

function createInputs({ name, when, actions }, teammates) {
  return {
    name: h("input", { name: "name", type: "text", value: name, autocomplete: "off", maxlength: "100" }),
    direction: select(
      [
        ["inbound", "From customers"],
        ["outbound", "From us"],
        ["any", "From anybody"],
      ],
      when.direction,
      { name: "direction" },
    ),
    platforms: Object.entries(platformNames).map(([value, label]) => {
      const checked = when.platforms?.includes(value) ?? true;
      return { label, input: h("input", { type: "checkbox", value, checked }) };
    }),
    contains: h("textarea", { name: "contains", rows: "2", dir: "auto", value: (when.contains ?? []).join("\n") }),
    addTags: h("input", { name: "addTags", type: "text", dir: "auto", value: (actions.addTags ?? []).join(", ") }),
    assign: assigneeChoice(teammates, actions.assign),
    reply: createReplyFields(actions.reply),
  };
}

function readTrigger({ name, direction, platforms, contains, addTags, assign, reply }, trigger) {
  const chosen = platforms.filter(({ input }) => input.checked).map(({ input }) => input.value);
  const isKnown = assign.value === trigger.actions.assign?.id;
  return {
    name: name.value.trim(),
    when: {
      direction: direction.value,
      platforms: chosen.length === platforms.length ? undefined : chosen,
      contains: splitAt("\n", contains.value),
    },
    actions: {
      addTags: splitAt(",", addTags.value),
      assign: assign.value === "" ? undefined : isKnown ? trigger.actions.assign : assign.value,
      reply: reply.read(),
    },
  };
}

/** What the server finds wrong is said beside the field that its path names last. */
async function saveTrigger(element, trigger, fields) {
  try {
    if (trigger.id === undefined) await controlApi.post("triggers", withOrg(fields));
    else await controlApi.patch(`triggers/${encodeId(trigger.id)}`, fields);
  } catch (error) {
    const names = new Set([...element.elements].map(({ name }) => name).filter(Boolean));
    for (const detail of error.details ?? []) {
      const name = detail.path.findLast((part) => names.has(part));
      if (name !== undefined) detail.path = [name];
    }
    throw error;
  }
}

/** @param trigger the one to change; a new one without it */
export async function openTriggerForm(trigger = newTrigger) {
  const overview = await toastErrors(() => consoleApi.get("overview"));
  if (!overview) return;
  const inputs = createInputs(trigger, overview.teammates);
  dialog(trigger.id === undefined ? "New trigger" : "Change the trigger", (close) =>
    form(
      async (element) => {
        await saveTrigger(element, trigger, readTrigger(inputs, trigger));
        close();
      },
      { label: "Save" },
      field("Name", inputs.name),
      h("h3", {}, "When a message comes"),
      h(
        "div",
        { class: "grid" },
        field("Who writes", inputs.direction),
        h(
          "fieldset",
          { class: "checks" },
          h("legend", {}, "Platforms"),
          inputs.platforms.map(({ input, label }) => h("label", { class: "check" }, input, label)),
        ),
      ),
      field(
        "It says",
        inputs.contains,
        "One of these phrases, each on a line, in any case. Leave it empty for any message.",
      ),
      h("h3", {}, "Do this"),
      field("Tag the contact", inputs.addTags, "Tags with a comma between them."),
      field("Assign it to", inputs.assign),
      inputs.reply.element,
    ),
  );
}
