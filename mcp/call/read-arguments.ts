/**
 * Arguments as hosts mean them. Many fill every field of a tool: `null` or an empty text stands for "not given", numbers,
 * booleans and lists arrive as text. What is advertised of a field says what its value is meant to be.
 */
import type { Data } from "../answers/summaries.ts";
import type { JsonSchema } from "../tools/schema.ts";
import type { Tool } from "../tools/tool.ts";

/**
 * The arguments as an object: hosts leave them out, send `null`, or JSON as text. What is none becomes an argument that no
 * tool has, so that the answer says which there are.
 */
export function toArguments(value: unknown): Data {
  const isText = typeof value === "string";
  if (value === undefined || value === null || (isText && value.trim() === "")) return {};
  const given = isText ? parseJson(value) : value;
  if (given === null) return {};
  return toObject(given) ?? { arguments: value };
}

/** Reads the arguments by what the tool advertises of them. What nobody can read otherwise stays as it came. */
export function readArguments({ definition, maps }: Tool, given: Data): Data {
  const args = readObject(definition.inputSchema, given);
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, maps.includes(name) ? readMap(value) : value]),
  );
}

/** A map as the operation takes it, from a list of texts `name=value`. A host may also have sent it as a map. */
function readMap(given: unknown): unknown {
  if (typeof given === "string") return toObject(parseJson(given)) ?? given;
  if (!Array.isArray(given)) return given;
  const pairs = given.map(String).map((text) => ({ text, end: text.indexOf("=") }));
  return pairs.every(({ end }) => end > 0)
    ? Object.fromEntries(pairs.map(({ text, end }) => [text.slice(0, end).trim(), text.slice(end + 1)]))
    : given;
}

function readObject(schema: JsonSchema, given: Data): Data {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (isNotGiven(value) && (known !== undefined || value === null) && !required.includes(name)) return [];
      return [[name, known ? readValue(known, value) : value]];
    }),
  );
}

function isNotGiven(value: unknown): boolean {
  return value === null || value === "" || value === undefined;
}

function readValue(schema: JsonSchema, value: unknown): unknown {
  switch (schema.type) {
    case "integer":
    case "number":
      return typeof value === "string" && /^\s*-?\d{1,15}(\.\d{1,15})?\s*$/.test(value) ? Number(value) : value;
    case "boolean":
      return typeof value === "string" ? readBoolean(value) : value;
    case "string":
      return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : value;
    case "array":
      return readList(schema, value);
    case "object":
      return readNested(schema, value);
    default:
      return value;
  }
}

function readBoolean(text: string): unknown {
  const word = text.trim().toLowerCase();
  return word === "true" ? true : word === "false" ? false : text;
}

function readList(schema: JsonSchema, value: unknown): unknown {
  const list = typeof value === "string" ? parseJson(value) : value;
  if (!Array.isArray(list)) return value;
  return list.filter((item) => item !== null).map((item) => readValue((schema.items ?? {}) as JsonSchema, item));
}

function readNested(schema: JsonSchema, value: unknown): unknown {
  const nested = toObject(typeof value === "string" ? parseJson(value) : value);
  return nested ? readObject(schema, nested) : value;
}

function toObject(value: unknown): Data | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
