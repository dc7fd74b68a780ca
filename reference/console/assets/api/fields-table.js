/** The fields of a body, a query or an answer. */
import { h } from "../dom.js";
import { listFields } from "./schema.js";

export function fieldsTable(schema, root, label) {
  const rows = listFields(schema, root);
  if (rows.length === 0) return null;
  return h(
    "div",
    { class: "table-place", tabindex: "0", role: "region", "aria-label": label },
    h(
      "table",
      { class: "fields-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "Field"),
          h("th", { scope: "col" }, "Type"),
          h("th", { scope: "col" }, "What it is"),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map(({ name, depth, type, required, text }) =>
          h(
            "tr",
            {},
            h(
              "th",
              { scope: "row", class: `depth-${depth}` },
              h("code", {}, name),
              required && h("span", { class: "soft needed" }, " required"),
            ),
            h("td", {}, h("code", { class: "soft" }, type)),
            h("td", {}, text),
          ),
        ),
      ),
    ),
  );
}
