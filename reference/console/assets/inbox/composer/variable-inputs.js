/** An input for each variable of a template. */
import { h } from "../../dom.js";
import { field } from "../../elements/form.js";
import { getBody, listVariables } from "../../template-text.js";

/** @param changed is called when somebody types */
export function createVariableInputs(changed) {
  const element = h("div", { class: "values" });
  /** By variable. */
  let inputs = new Map();
  /** Of which template, and which variables of it, the inputs are. */
  let shown = {};

  return {
    element,
    /** What was typed for a variable of the same template stays; else the first is the contact's name. */
    show: (template, contact) => {
      const names = template ? listVariables(getBody(template)) : [];
      const next = { template: template && `${template.name} ${template.language}`, variables: names.join() };
      if (next.template === shown.template && next.variables === shown.variables) return;
      const typed = next.template === shown.template ? inputs : new Map();
      const [contactName = ""] = [contact?.firstName, contact?.lastName].filter(Boolean);
      inputs = new Map(
        names.map((name, index) => {
          const value = typed.get(name)?.value ?? (index === 0 ? contactName : "");
          return [name, h("input", { type: "text", dir: "auto", value, on: { input: changed } })];
        }),
      );
      element.replaceChildren(...names.map((name) => field(`Value of {{${name}}}`, inputs.get(name))));
      shown = next;
    },
    /** Another conversation: nothing that was typed stays. */
    forget: () => {
      shown = {};
    },
    getValue: (name) => inputs.get(name)?.value,
    /** Each must have a value. */
    readValues: () => {
      const missing = [...inputs].find(([, input]) => input.value === "");
      if (missing) throw new Error(`Give a value for {{${missing[0]}}}.`);
      return [...inputs.values()].map((input) => input.value);
    },
    /** All but the first, which is whom it goes to. */
    clear: () => {
      for (const input of [...inputs.values()].slice(1)) input.value = "";
    },
  };
}
