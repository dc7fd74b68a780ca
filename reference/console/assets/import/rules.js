/** What a person decides beside the columns: whose numbers, what of tags and duplicates, how much of the hour. */
import { h } from "../dom.js";
import { field, select } from "../elements/form.js";

const tagModes = [
  ["keep", "Leave contacts' tags alone"],
  ["add", "Add the file's tags"],
  ["replace", "Put the file's in their place"],
];
const tagHelp = {
  keep: "The file's tags are not sent.",
  add: "One more request for each contact that lacks one.",
  replace: "At no further request; an empty cell changes nothing.",
};
const policies = [
  ["skip", "Refuse them all"],
  ["first", "Send the first"],
  ["newest", "Send the last"],
];

function createControls(change) {
  const country = h("input", {
    name: "country",
    type: "text",
    maxlength: "60",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "none",
    on: { change: () => change({ country: country.value.trim() }) },
  });
  const tags = select(tagModes, "keep", { name: "tags", on: { change: () => change({ tags: tags.value }) } });
  const onDuplicate = select(policies, "skip", {
    name: "onDuplicate",
    on: { change: () => change({ onDuplicate: onDuplicate.value }) },
  });
  const budget = h("input", {
    name: "budget",
    type: "number",
    min: "1",
    max: "100",
    inputmode: "numeric",
    on: { change: () => change({ budget: Number(budget.value) }) },
  });
  return { country, tags, onDuplicate, budget };
}

/** @param change is given what is to be set */
export function createRules(change) {
  const controls = createControls(change);
  const { country, tags, onDuplicate, budget } = controls;
  const fields = {
    country: field("Country of numbers without a code", country, "Two letters, such as AE, GB or US."),
    tags: field("Tags", tags, " "),
    onDuplicate: field("Rows that share an identifier", onDuplicate, "A phone, an e-mail address or an external id."),
    budget: field("Budget, in percent of the hour", budget, "The rest is left to live traffic."),
  };
  const clear = () => {
    for (const [name, control] of Object.entries(controls)) {
      control.removeAttribute("aria-invalid");
      fields[name].querySelector(".finding").textContent = "";
    }
  };

  return {
    element: h(
      "section",
      { "aria-labelledby": "rules-title" },
      h("h2", { id: "rules-title" }, "Rules"),
      h("div", { class: "grid rules" }, Object.values(fields)),
    ),
    /** Findings are of what was said before. */
    clear,
    draw: ({ settings, hasTags }) => {
      // What somebody is writing, or what was found wrong with it, stays while something else changes.
      for (const [name, control] of Object.entries(controls)) {
        if (control === document.activeElement && control.tagName === "INPUT") continue;
        if (!control.hasAttribute("aria-invalid")) control.value = String(settings[name]);
      }
      tags.disabled = !hasTags;
      fields.tags.querySelector(".help").textContent = hasTags ? tagHelp[settings.tags] : "No column is tags.";
    },
    /** Says what is wrong beside the setting. @returns whether it could */
    showFindings: ({ details = [] }) => {
      clear();
      const placed = details.filter(({ path: [name], message }) => {
        if (!Object.hasOwn(controls, name)) return false;
        controls[name].setAttribute("aria-invalid", "true");
        fields[name].querySelector(".finding").textContent = message.charAt(0).toUpperCase() + message.slice(1);
        return true;
      });
      return placed.length > 0;
    },
  };
}
