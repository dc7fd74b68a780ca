/** Choosing a template and filling in its variables, with the text as the customer will read it. */
import { control } from "../api.js";
import { h, redraw, theirs } from "../dom.js";
import { inOrg } from "../org.js";
import { field, select } from "../parts.js";
import { bodyOf, filledIn, variablesOf } from "../template-text.js";

/** What WhatsApp would send: it refuses what it has not approved. */
function isUsable({ status, platform = "whatsapp" }) {
  return status.toLowerCase() === "approved" && platform === "whatsapp";
}

function labelOf({ name, language }) {
  return `${name} (${language})`;
}

export function templateFields() {
  let templates = [];
  let person;
  /** By variable. */
  let inputs = new Map();
  /** Of which template, and which variables of it, the inputs are. */
  let drawn = {};
  const choice = h("div");
  const values = h("div", { class: "values" });
  const preview = h("div", { class: "template-preview" });
  const element = h("div", { class: "template-fields" }, choice, values, preview);
  let wanted;

  const chosen = () => templates.find((template) => labelOf(template) === wanted) ?? templates[0];

  const drawPreview = () => {
    const template = chosen();
    preview.replaceChildren(
      ...(template
        ? [
            theirs(
              filledIn(bodyOf(template), (name) => inputs.get(name)?.value),
              "p",
            ),
          ]
        : []),
    );
  };

  /** The inputs of the chosen template; what was typed for a variable of the same template stays. */
  const drawValues = () => {
    const template = chosen();
    const names = template ? variablesOf(bodyOf(template)) : [];
    const now = { label: template && labelOf(template), variables: names.join() };
    if (now.label !== drawn.label || now.variables !== drawn.variables) {
      const first = [person?.firstName, person?.lastName].find(Boolean) ?? "";
      const before = now.label === drawn.label ? inputs : new Map();
      inputs = new Map(
        names.map((name, index) => {
          const value = before.get(name)?.value ?? (index === 0 ? first : "");
          return [name, h("input", { type: "text", dir: "auto", value, on: { input: drawPreview } })];
        }),
      );
      values.replaceChildren(...names.map((name) => field(`Value of {{${name}}}`, inputs.get(name))));
      drawn = now;
    }
    drawPreview();
  };

  const choose = ({ target }) => {
    wanted = target.value;
    drawValues();
  };

  const drawChoice = () => {
    const options = templates.map(labelOf);
    redraw(choice, { options, current: templates.length > 0 && labelOf(chosen()) }, (state) =>
      state.options.length === 0
        ? h(
            "p",
            {},
            "No approved template for WhatsApp. ",
            h("a", { href: "#/settings/templates" }, "Register one"),
            " under API & Webhooks.",
          )
        : field(
            "Template",
            select(
              state.options.map((label) => [label, label]),
              state.current,
              { on: { change: choose } },
            ),
          ),
    );
  };

  const read = async () => {
    const { data } = await control.get("templates", inOrg());
    templates = data.filter(isUsable);
    drawChoice();
    drawValues();
  };

  return {
    element,
    person: (contact) => {
      person = contact;
    },
    /** For another conversation: nothing that was chosen or typed stays. */
    load: () => {
      wanted = undefined;
      drawn = {};
      return read();
    },
    /** Others may have been registered. */
    refresh: read,
    clear: () => {
      for (const input of [...inputs.values()].slice(1)) input.value = "";
      drawPreview();
    },
    value: () => {
      const template = chosen();
      if (!template) throw new Error("Choose a template first.");
      const missing = [...inputs].find(([, input]) => input.value === "");
      if (missing) throw new Error(`Give a value for {{${missing[0]}}}.`);
      const parameters = [...inputs.values()].map((input) => ({ type: "text", text: input.value }));
      return {
        name: template.name,
        language: template.language,
        components: parameters.length === 0 ? [] : [{ type: "body", parameters }],
      };
    },
  };
}
