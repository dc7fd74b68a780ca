/** Choosing a template and filling in its variables, with the text as the customer will read it. */
import { controlApi } from "../../api.js";
import { h, renderIfChanged, userText } from "../../dom.js";
import { field, select } from "../../elements/form.js";
import { withOrg } from "../../org/address.js";
import { fillIn, getBody } from "../../template-text.js";
import { createVariableInputs } from "./variable-inputs.js";

/** What WhatsApp would send: it refuses what it has not approved. */
function isSendable({ status, platform = "whatsapp" }) {
  return status.toLowerCase() === "approved" && platform === "whatsapp";
}

function toLabel({ name, language }) {
  return `${name} (${language})`;
}

/** @param changed is given the label that was chosen */
function templateChoice(labels, chosen, changed) {
  if (labels.length === 0) {
    const link = h("a", { href: "#/settings/templates" }, "Register one");
    return h("p", {}, "No approved template for WhatsApp. ", link, " under API & Webhooks.");
  }
  const options = labels.map((label) => [label, label]);
  return field("Template", select(options, chosen, { on: { change: ({ target }) => changed(target.value) } }));
}

/** The template as a message names it. */
function toTemplateReference({ name, language }, values) {
  const parameters = values.map((text) => ({ type: "text", text }));
  return { name, language, components: parameters.length === 0 ? [] : [{ type: "body", parameters }] };
}

export function createTemplateFields() {
  let templates = [];
  let contact;
  let chosenLabel;
  const choice = h("div");
  const preview = h("div", { class: "template-preview" });
  const variables = createVariableInputs(drawPreview);
  const element = h("div", { class: "template-fields" }, choice, variables.element, preview);

  function getChosen() {
    return templates.find((template) => toLabel(template) === chosenLabel) ?? templates[0];
  }

  function drawPreview() {
    const template = getChosen();
    preview.replaceChildren(...(template ? [userText(fillIn(getBody(template), variables.getValue), "p")] : []));
  }

  function drawVariables() {
    variables.show(getChosen(), contact);
    drawPreview();
  }

  function choose(label) {
    chosenLabel = label;
    drawVariables();
  }

  async function refresh() {
    const { data } = await controlApi.get("templates", withOrg());
    templates = data.filter(isSendable);
    const state = { labels: templates.map(toLabel), current: templates.length > 0 && toLabel(getChosen()) };
    renderIfChanged(choice, state, ({ labels, current }) => templateChoice(labels, current, choose));
    drawVariables();
  }

  return {
    element,
    setContact: (other) => {
      contact = other;
    },
    /** For another conversation: nothing that was chosen or typed stays. */
    startOver: () => {
      chosenLabel = undefined;
      variables.forget();
      return refresh();
    },
    /** Others may have been registered. */
    refresh,
    clear: () => {
      variables.clear();
      drawPreview();
    },
    read: () => {
      const template = getChosen();
      if (!template) throw new Error("Choose a template first.");
      return toTemplateReference(template, variables.readValues());
    },
  };
}
