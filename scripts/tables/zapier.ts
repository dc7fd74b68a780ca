/** The Zapier app's triggers, actions and searches, from the app itself, for docs/zapier.md. */
import type { PlainInputField } from "zapier-platform-core";
import app from "../../index.ts";
import type { Operation } from "../../src/operations/index.ts";
import { allOperations } from "../../src/operations/index.ts";
import { windowTemplateFields } from "../../zapier/send/outside-window.ts";
import { formatCode, formatTable } from "./markdown.ts";

type Item = {
  key: string;
  display: { label?: string; description?: string; hidden?: boolean };
  operation: { inputFields?: unknown; outputFields?: unknown };
};

function listVisible(items: object | undefined): Item[] {
  return (Object.values(items ?? {}) as Item[]).filter(({ display }) => !display.hidden);
}

function toFieldRow(field: PlainInputField | ((...args: never) => unknown)): string[] {
  if (field === windowTemplateFields)
    return [
      "*The template's own*",
      "`template`, `language` …",
      "yes",
      "With Send a Template Instead: the template and its fields, as in Send WhatsApp Template.",
    ];
  return typeof field === "function"
    ? [
        "*The template's own*",
        "`language`, `body_1_…` …",
        "yes",
        "Language, and one field for each value that the template takes: in its text, in its header (a text, or an image, document or video), in the addresses of its buttons. Without a template list, or where the template is mapped: Language (`language`), Values (`parameters`) and Template Components (`components`, JSON).",
      ]
    : [field.label ?? field.key, formatCode(field.key), field.required ? "yes" : "", field.helpText ?? ""];
}

function formatItem({ key, display, operation }: Item): string {
  const input = (operation.inputFields ?? []) as Parameters<typeof toFieldRow>[0][];
  const output = ((operation.outputFields ?? []) as { label?: string }[]).map(({ label }) => label).join(", ");
  const fields =
    input.length === 0 ? "No fields to fill in." : formatTable(["Field", "Key", "Required", ""], input.map(toFieldRow));
  return `### ${display.label} (\`${key}\`)\n\n${display.description}\n\n${fields}\n\nGives: ${output}.`;
}

/** Every trigger, action and search with its fields. */
export function createFieldTables(): string {
  const list = (title: string, items: object | undefined) => [`## ${title}`, ...listVisible(items).map(formatItem)];
  return [...list("Triggers", app.triggers), ...list("Actions", app.creates), ...list("Searches", app.searches)].join(
    "\n\n",
  );
}

function describeScopes({ scope, alsoNeeds, effect }: Operation): string {
  const needed = [scope, alsoNeeds].flatMap((each) => (each ? [formatCode(each)] : [])).join(", ");
  return effect === "sends" ? `${needed}; with \`read:messages\` a lost answer is looked up` : needed;
}

/** The scopes that a connection's key needs, by what a Zap uses. */
export function createScopeTable(): string {
  const labels = new Map(
    listVisible({ ...app.creates, ...app.searches }).map(({ key, display }) => [key, display.label]),
  );
  const labelsByScopes = new Map<string, string[]>();
  for (const operation of allOperations) {
    // A search is named after one result.
    const label = labels.get(operation.name) ?? labels.get(operation.name.replace(/s$/, ""));
    if (label === undefined) continue;
    const scopes = describeScopes(operation);
    labelsByScopes.set(scopes, [...(labelsByScopes.get(scopes) ?? []), label]);
  }
  return formatTable(
    ["to use", "grant"],
    [
      [
        "the triggers",
        "`write:webhooks` (and `read:messages`, `read:contacts`, so that a Zap is set up with real data)",
      ],
      ...[...labelsByScopes].map(([scopes, names]) => [names.join(", "), scopes]),
    ],
  );
}
