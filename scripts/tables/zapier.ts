/** The Zapier app's triggers, actions and searches, from the app itself, for docs/zapier.md. */
import type { PlainInputField } from "zapier-platform-core";
import app from "../../index.ts";
import type { Operation } from "../../src/operations/index.ts";
import { allOperations } from "../../src/operations/index.ts";
import { code, table } from "./markdown.ts";

type Item = {
  key: string;
  display: { label?: string; description?: string; hidden?: boolean };
  operation: { inputFields?: unknown; outputFields?: unknown };
};

function visible(items: object | undefined): Item[] {
  return (Object.values(items ?? {}) as Item[]).filter(({ display }) => !display.hidden);
}

function fieldRow(field: PlainInputField | ((...args: never) => unknown)): string[] {
  return typeof field === "function"
    ? [
        "*The template's own*",
        "`language`, `parameter_1` …",
        "yes",
        "Language, and one value for each variable of the template. Without a template list: Language and Values.",
      ]
    : [field.label ?? field.key, code(field.key), field.required ? "yes" : "", field.helpText ?? ""];
}

function section({ key, display, operation }: Item): string {
  const input = (operation.inputFields ?? []) as Parameters<typeof fieldRow>[0][];
  const output = ((operation.outputFields ?? []) as { label?: string }[]).map(({ label }) => label).join(", ");
  const fields =
    input.length === 0 ? "No fields to fill in." : table(["Field", "Key", "Required", ""], input.map(fieldRow));
  return `### ${display.label} (\`${key}\`)\n\n${display.description}\n\n${fields}\n\nGives: ${output}.`;
}

/** Every trigger, action and search with its fields. */
export function fieldTables(): string {
  const list = (title: string, items: object | undefined) => [`## ${title}`, ...visible(items).map(section)];
  return [...list("Triggers", app.triggers), ...list("Actions", app.creates), ...list("Searches", app.searches)].join(
    "\n\n",
  );
}

function scopesOf({ scope, alsoNeeds, effect }: Operation): string {
  const needed = [scope, alsoNeeds].flatMap((each) => (each ? [code(each)] : [])).join(", ");
  return effect === "sends" ? `${needed}; with \`read:messages\` a lost answer is looked up` : needed;
}

/** The scopes that a connection's key needs, by what a Zap uses. */
export function scopeTable(): string {
  const labels = new Map(visible({ ...app.creates, ...app.searches }).map(({ key, display }) => [key, display.label]));
  const labelsByScopes = new Map<string, string[]>();
  for (const operation of allOperations) {
    // A search is named after one result.
    const label = labels.get(operation.name) ?? labels.get(operation.name.replace(/s$/, ""));
    if (label === undefined) continue;
    const scopes = scopesOf(operation);
    labelsByScopes.set(scopes, [...(labelsByScopes.get(scopes) ?? []), label]);
  }
  return table(
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
