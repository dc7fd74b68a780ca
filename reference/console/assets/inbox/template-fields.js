/** Choosing a template and filling in its variables, with the text as the customer will read it. */
import { control } from "../api.js";
import { h, theirs } from "../dom.js";
import { field, select } from "../parts.js";

const bodyOf = (template) => template.components.find(({ type }) => type.toLowerCase() === "body")?.text ?? "";
const variable = /\{\{\s*([\w.]+)\s*\}\}/gu;
const variablesOf = (text) => {
  const names = [...new Set([...text.matchAll(variable)].map(([, name]) => name))];
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((one, other) => one - other) : names;
};

export const templateFields = () => {
  let templates = [];
  let person;
  let inputs = [];
  const choice = h("div");
  const values = h("div", { class: "values" });
  const preview = h("div", { class: "template-preview" });
  const element = h("div", { class: "template-fields" }, choice, values, preview);
  let chooser;

  const chosen = () => templates[Number(chooser?.value ?? 0)];

  const drawPreview = () => {
    const template = chosen();
    if (!template) return;
    const names = variablesOf(bodyOf(template));
    const text = bodyOf(template).replace(variable, (whole, name) => inputs[names.indexOf(name)]?.value || whole);
    preview.replaceChildren(theirs(text, "p"));
  };

  const drawValues = () => {
    const template = chosen();
    if (!template) return;
    const first = [person?.firstName, person?.lastName].find(Boolean) ?? "";
    inputs = variablesOf(bodyOf(template)).map((_, index) =>
      h("input", { type: "text", dir: "auto", value: index === 0 ? first : "", on: { input: drawPreview } }),
    );
    values.replaceChildren(
      ...variablesOf(bodyOf(template)).map((name, index) => field(`Value of {{${name}}}`, inputs[index])),
    );
    drawPreview();
  };

  return {
    element,
    person: (contact) => {
      person = contact;
    },
    load: async () => {
      const { data } = await control.get("templates");
      templates = data;
      if (data.length === 0) {
        choice.replaceChildren(h("p", {}, "No templates are registered. POST /_control/templates registers one."));
        return;
      }
      chooser = select(
        data.map(({ name, language }, index) => [String(index), `${name} (${language})`]),
        "0",
        { on: { change: drawValues } },
      );
      choice.replaceChildren(field("Template", chooser));
      drawValues();
    },
    clear: () => {
      for (const [index, input] of inputs.entries()) if (index > 0) input.value = "";
      drawPreview();
    },
    value: () => {
      const template = chosen();
      if (!template) throw new Error("Choose a template first.");
      const missing = inputs.findIndex((input) => input.value === "");
      if (missing >= 0) throw new Error(`Give a value for {{${variablesOf(bodyOf(template))[missing]}}}.`);
      const parameters = inputs.map((input) => ({ type: "text", text: input.value }));
      return {
        name: template.name,
        language: template.language,
        components: parameters.length === 0 ? [] : [{ type: "body", parameters }],
      };
    },
  };
};
