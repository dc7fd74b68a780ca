/**
 * The tables of docs/zapier.md, from the app itself. `node test/zapier/tables.ts` writes them anew; a test says when they
 * are stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import App from "../../index.ts";
import type { Definition, Field, Item } from "./lint.ts";

const page = new URL("../../docs/zapier.md", import.meta.url);
const begin = "<!-- tables: begin -->";
const end = "<!-- tables: end -->";

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

function fieldRow({ key, label, required, helpText }: Field): string {
  return `| ${label} | \`${key}\` | ${required ? "yes" : ""} | ${escaped(helpText ?? "")} |`;
}

function inputTable({ operation }: Item): string {
  const fields = operation.inputFields ?? [];
  if (fields.length === 0) return "No fields to fill in.";
  const rows = fields.map((field) =>
    typeof field === "function"
      ? "| *The template's own* | `language`, `parameter_1` … | yes | Language, and one value for each variable of the template. Without a template list: Language and Values. |"
      : fieldRow(field),
  );
  return ["| Field | Key | Required | |", "|---|---|---|---|", ...rows].join("\n");
}

function section(item: Item): string {
  const output = (item.operation.outputFields ?? []).map(({ label }) => label).join(", ");
  return `### ${item.display.label} (\`${item.key}\`)\n\n${item.display.description}\n\n${inputTable(item)}\n\nGives: ${output}.`;
}

function tables(app: Definition): string {
  const list = (title: string, items: Record<string, Item>) => [
    `## ${title}`,
    ...Object.values(items)
      .filter(({ display }) => !display.hidden)
      .map(section),
  ];
  return [...list("Triggers", app.triggers), ...list("Actions", app.creates), ...list("Searches", app.searches)].join(
    "\n\n",
  );
}

/** The page as it is, and as it should be. */
export function documentation(): { actual: string; expected: string } {
  const actual = readFileSync(page, "utf8");
  const [before, rest = ""] = actual.split(begin);
  const after = rest.split(end)[1];
  return { actual, expected: `${before}${begin}\n\n${tables(App as unknown as Definition)}\n\n${end}${after}` };
}

if (import.meta.main) writeFileSync(page, documentation().expected);
