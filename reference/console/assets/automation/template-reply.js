/** A Smart Trigger's reply by template: which one, and its values. */
import { controlApi } from "../api.js";
import { h } from "../dom.js";
import { field, select } from "../elements/form.js";
import { withOrg } from "../org/address.js";
import { getBody, listVariables } from "../template-text.js";

function toLabel({ template, language }) {
  return `${template} (${language})`;
}

/** What WhatsApp would send: it refuses what it has not approved. */
async function readSendableTemplates() {
  const { data } = await controlApi.get("templates", withOrg());
  return data
    .filter(({ status, platform = "whatsapp" }) => status.toLowerCase() === "approved" && platform === "whatsapp")
    .map((each) => ({ template: each.name, language: each.language, variables: listVariables(getBody(each)) }));
}

/**
 * @param reply what there is; `undefined` for a new one
 * @param help what may stand in a value
 */
export function createTemplateReply(reply, help) {
  const element = h("div", { class: "reply" });
  const known = reply && { ...reply, variables: reply.parameters.map((_value, index) => String(index + 1)) };
  let templates = [];
  let chosen = known;
  let inputs = [];

  function draw() {
    const values = chosen === known ? known.parameters : ["{{firstName}}"];
    inputs = chosen.variables.map((_name, index) =>
      h("input", {
        name: index === 0 ? "parameters" : undefined,
        type: "text",
        dir: "auto",
        value: values[index] ?? "",
      }),
    );
    const options = templates.map((each) => [toLabel(each), toLabel(each)]);
    const choice = select(options, toLabel(chosen), { name: "template", on: { change: choose } });
    element.replaceChildren(
      field("Template", choice),
      ...inputs.map((input, index) => field(`Value of {{${chosen.variables[index]}}}`, input, index === 0 && help)),
    );
  }

  function choose({ target }) {
    chosen = templates.find((each) => toLabel(each) === target.value);
    draw();
    element.querySelector("select").focus();
  }

  return {
    element,
    show: async () => {
      const others = (await readSendableTemplates()).filter((each) => !known || toLabel(each) !== toLabel(known));
      templates = [...(known ? [known] : []), ...others];
      chosen ??= templates[0];
      if (chosen) draw();
      else element.replaceChildren(h("p", {}, "No approved template for WhatsApp. Register one under API & Webhooks."));
    },
    read: () =>
      chosen && { template: chosen.template, language: chosen.language, parameters: inputs.map(({ value }) => value) },
  };
}
