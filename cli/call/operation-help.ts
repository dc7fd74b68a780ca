/** Operations on the command line: the list, one operation's help, and the name somebody may have meant. */

import * as z from "zod";
import { nameEndpoint } from "../../src/api/index.ts";
import type { Operation } from "../../src/operations/index.ts";
import { formatTable } from "../output/table.ts";
import { wrapText } from "../output/wrap.ts";

type JsonSchema = {
  type?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
};

/** The input as JSON Schema, as a caller writes it: what has a default may be left out. */
export function toInputSchema(operation: Operation): Record<string, unknown> {
  const schema = z.toJSONSchema(operation.input, { io: "input", unrepresentable: "any" });
  if (typeof schema.$ref !== "string") return schema;
  // A schema that the API document names comes as a reference to itself: its text is what is wanted here.
  const { $schema, $ref, $defs = {} } = schema;
  const { [$ref.slice("#/$defs/".length)]: named, ...others } = $defs;
  return { $schema, ...named, ...(Object.keys(others).length > 0 && { $defs: others }) };
}

/** What a field's schema says about it; of a nullable one, what the schema beside `null` says. */
function resolveNullable(schema: JsonSchema): JsonSchema {
  return {
    ...schema.anyOf?.find(({ type }) => type !== "null"),
    ...schema,
  };
}

function formatType(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(formatType).join(" | ");
  if (schema.type === "array")
    return schema.items?.enum ? "list of names" : `list of ${schema.items?.type ?? "value"}s`;
  return schema.type ?? "anything";
}

/** A small input that the operation takes: what is needed, from the examples in the schema. */
export function createExampleInput(operation: Operation): Record<string, unknown> {
  const { properties = {}, required = [] } = toInputSchema(operation) as JsonSchema;
  const example: Record<string, unknown> = {};
  const add = (field: string) => {
    const { examples, enum: values } = resolveNullable(properties[field] ?? {});
    const value = examples?.[0] ?? values?.[0];
    if (value !== undefined) example[field] = value;
  };
  required.forEach(add);
  for (const field of Object.keys(properties)) {
    if (operation.input.safeParse(example).success) break;
    add(field);
  }
  return example;
}

/** What a program wants to know about each operation. */
export function listOperations(operations: readonly Operation[]) {
  return operations.map(({ name, title, description, effect, scope, extension }) => ({
    name,
    title,
    description,
    effect,
    scope,
    extension: extension && nameEndpoint(extension),
  }));
}

/** The same for a person. */
export function formatOperationTable(operations: readonly Operation[]): string {
  return formatTable([
    ["OPERATION", "EFFECT", "SCOPE", "TITLE"],
    ...operations.map(({ name, effect, scope, title }) => [name, effect, scope ?? "any key", title]),
  ]);
}

const effects: Record<Operation["effect"], string> = {
  reads: "reads, and changes nothing",
  writes: "writes",
  sends: "sends to a customer, which cannot be undone",
  deletes: "deletes",
};

/**
 * `onsync call OPERATION --help`.
 *
 * @param columns of the terminal: its example stays on one line, for it is copied
 */
export function formatOperationHelp(operation: Operation, columns?: number): string {
  const { name, title, description, effect, scope } = operation;
  const { properties = {}, required = [] } = toInputSchema(operation) as JsonSchema;
  const fields = Object.entries(properties).map(([field, schema]) => [
    `  ${field}`,
    required.includes(field) ? "needed" : "",
    formatType(schema),
    [
      resolveNullable(schema).description,
      schema.default === undefined ? "" : `Default ${JSON.stringify(schema.default)}.`,
    ]
      .filter(Boolean)
      .join(" "),
  ]);
  const example = JSON.stringify(createExampleInput(operation)).replaceAll("'", "'\\''");
  const about = [
    `${title} (${name})`,
    `${description}\n`,
    `Effect: ${effects[effect]}. Scope: ${scope ?? "any key will do"}.\n`,
    fields.length === 0 ? "Input: none.\n" : `Input, a JSON object:\n${formatTable(fields)}`,
  ];
  return [
    wrapText(about.join("\n"), columns),
    `Example:\n  onsync call ${name}${example === "{}" ? "" : ` '${example}'`}\n`,
    wrapText(`The input's JSON Schema: onsync call ${name} --schema\n`, columns),
  ].join("\n");
}

/** Edits (insert, remove, replace) between two words. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name nearest to what was written: `sendMessage` and `send-mesage` mean `send_message`. */
export function findNearestName(written: string, names: readonly string[]): string | undefined {
  const spelled = written.replace(/(?<=[a-z])(?=[A-Z])|[-\s.]+/g, "_").toLowerCase();
  return names
    .map((name) => ({ name, edits: countEdits(spelled, name) }))
    .sort((a, b) => a.edits - b.edits)
    .find(({ name, edits }) => edits <= Math.max(3, name.length / 2))?.name;
}
