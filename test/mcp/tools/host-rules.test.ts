/**
 * What the hosts' own documentation says of a tool's schema, as checkers that know nothing of ours: OpenAI's strict mode
 * (structured outputs, and the conversion that its agents do), Anthropic's (tool use, strict), Gemini's (function calling).
 */
import { describe, expect, test } from "@jest/globals";
import { selectTools } from "../../../mcp/safety/select-tools.ts";

type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every schema with its path, by the two places in which a schema of these tools may hold another. */
function listSchemas(schema: unknown, path = "input"): { path: string; schema: Schema }[] {
  if (!isSchema(schema)) return [];
  const fields = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    { path, schema },
    ...fields.flatMap(([name, field]) => listSchemas(field, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : listSchemas(schema.items, `${path}[]`)),
  ];
}

function findProblems(root: unknown, check: (schema: Schema, path: string) => (string | false)[]): string[] {
  return listSchemas(root).flatMap(({ schema, path }) =>
    check(schema, path).flatMap((problem) => (problem === false ? [] : [`${path}: ${problem}`])),
  );
}

function listOther(schema: Schema, known: string): string[] {
  return Object.keys(schema).filter((keyword) => !known.split(" ").includes(keyword));
}

/** What the conversion to strict mode cannot mend: it adds `required` and null types itself, and refuses the rest. */
function findOpenAiProblems(root: unknown): string[] {
  return findProblems(root, (schema) => [
    typeof schema.type !== "string" && "has no type, or several",
    schema.type === "object" && schema.additionalProperties !== false && "is an open object",
    "default" in schema && "has a default",
    ...["allOf", "oneOf", "anyOf", "not", "if", "patternProperties", "dependentRequired", "$ref", "uniqueItems"].map(
      (keyword) => keyword in schema && `has ${keyword}`,
    ),
    schema.type === "array" && !isSchema(schema.items) && "is a list of anything",
  ]);
}

function findAnthropicProblems(root: unknown): string[] {
  return findProblems(root, (schema) => [
    ...Object.keys(isSchema(schema.properties) ? schema.properties : {}).map(
      (name) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(name) && `names a field ${name}`,
    ),
    schema.type === "object" && schema.additionalProperties !== false && "is an open object",
    // Strict tools take no bounds and no references.
    ...listOther(schema, "type description properties required additionalProperties items enum").map(
      (keyword) => `has ${keyword}`,
    ),
  ]);
}

function findGeminiProblems(root: unknown): string[] {
  return findProblems(root, (schema, path) => [
    ...listOther(schema, "type description properties required additionalProperties items enum nullable").map(
      (keyword) => `has ${keyword}`,
    ),
    typeof schema.type !== "string" && "has no type, or several",
    schema.enum !== undefined && schema.type !== "string" && "has an enum of other than strings",
    Array.isArray(schema.enum) &&
      schema.enum.some((value) => typeof value !== "string" || value === "") &&
      "has an enum with an empty value",
    schema.type === "array" && !isSchema(schema.items) && "is a list without items",
    path !== "input" &&
      schema.type === "object" &&
      Object.keys(isSchema(schema.properties) ? schema.properties : {}).length === 0 &&
      "is an object without fields",
    Array.isArray(schema.required) &&
      schema.required.some((name) => !(isSchema(schema.properties) && name in schema.properties)) &&
      "requires a field that it has not",
  ]);
}

const hosts = { OpenAI: findOpenAiProblems, Anthropic: findAnthropicProblems, Gemini: findGeminiProblems };

describe.each(Object.entries(hosts))("%s takes every tool", (_host, find) => {
  test.each([{}, { send: "confirm" }] as const)("as offered with %j", (safety) => {
    const { definitions } = selectTools(safety);
    expect(definitions.length).toBeGreaterThan(10);
    expect(definitions.map(({ name, inputSchema }) => [name, find(inputSchema)])).toEqual(
      definitions.map(({ name }) => [name, []]),
    );
  });
});

test("every host takes the tools' names and the length of their descriptions", () => {
  for (const { name, description } of selectTools({}).definitions) {
    expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/);
    expect(description.length).toBeLessThan(1024);
  }
});

test.each([
  ["an open map", { type: "object", properties: { a: { type: "object", additionalProperties: true } } }],
  ["a default", { type: "object", additionalProperties: false, properties: { a: { type: "string", default: "x" } } }],
  ["a null type", { type: "object", additionalProperties: false, properties: { a: { type: ["string", "null"] } } }],
  ["a union", { type: "object", additionalProperties: false, properties: { a: { anyOf: [{ type: "string" }] } } }],
])("the checkers themselves find %s", (_what, schema) => {
  expect(Object.values(hosts).flatMap((find) => find(schema)).length).toBeGreaterThan(0);
});
