/** Which column is which field. */
import { h, renderList, userText } from "../dom.js";
import { select } from "../elements/form.js";

const fieldLabels = {
  firstName: "First name",
  lastName: "Last name",
  name: "Whole name",
  phone: "Phone",
  email: "E-mail",
  externalId: "External id",
  tags: "Tags",
  channel: "Channel",
  source: "Source",
  language: "Language",
};

function listOptions({ name, target }, fields) {
  const property = `properties.${name}`;
  return [
    ["-", "Left out"],
    ...fields.map((each) => [each, fieldLabels[each] ?? each]),
    [property, "A property of this name"],
    ...(target.startsWith("properties.") && target !== property
      ? [[target, `Property ${target.slice("properties.".length)}`]]
      : []),
  ];
}

function columnItem({ name, target, samples, fields }, change) {
  return h(
    "li",
    { class: target === "-" ? "column off" : "column" },
    h(
      "div",
      { class: "column-text" },
      userText(name, "p", { class: "strong" }),
      h(
        "p",
        { class: "soft" },
        samples.length === 0
          ? "empty"
          : samples.map((sample, index) => [index > 0 && " · ", userText(sample, "bdi", { class: "sample" })]),
      ),
    ),
    select(listOptions({ name, target }, fields), target, {
      "aria-label": `Column ${name} is`,
      on: { change: (event) => change({ columns: { [name]: event.target.value } }) },
    }),
  );
}

/** @param change is given what is to be set */
export function createColumns(change) {
  const items = h("ul", { class: "log columns" });
  return {
    element: h("section", { "aria-labelledby": "columns-title" }, h("h2", { id: "columns-title" }, "Columns"), items),
    draw: ({ columns, fields }) =>
      renderList(
        items,
        columns.map((column) => ({ ...column, fields })),
        (column) => column.name,
        (column) => columnItem(column, change),
      ),
  };
}
