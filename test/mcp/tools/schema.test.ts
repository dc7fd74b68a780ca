/** What is advertised to hosts: every rule here is one that a host breaks on. */
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { tools } from "../../../mcp/tools/index.ts";
import { conformToSchema, toInputSchema, toOutputSchema } from "../../../mcp/tools/schema.ts";
import { budgets, listExceededBudgets, measureTokens } from "../../../scripts/mcp/tokens.ts";
import { allOperations } from "../../../src/operations/index.ts";

/** The tools that assistants and their prompts know by name. */
const names =
  "get_account find_contacts get_contact save_contact update_contact list_conversations list_messages find_messages check_messaging_window send_message send_template list_templates list_webhooks create_webhook delete_webhook wait_for_events";

const definitions = tools.map(({ definition }) => definition);

function modelFacing({ name, description, inputSchema }: (typeof definitions)[number]) {
  return JSON.stringify({ name, description, input_schema: inputSchema });
}

/** Every schema within a schema. */
function nodes(schema: unknown): Record<string, unknown>[] {
  return typeof schema !== "object" || schema === null
    ? []
    : Array.isArray(schema)
      ? schema.flatMap(nodes)
      : [schema as Record<string, unknown>, ...Object.values(schema).flatMap(nodes)];
}

test("every operation is a tool or left out by name", () => {
  const offered = definitions.map(({ name }) => name);
  expect(offered.filter((name) => names.split(" ").includes(name))).toEqual(names.split(" "));
  expect(offered).toEqual(allOperations.filter(({ leftOut }) => leftOut.mcp === undefined).map(({ name }) => name));
  for (const name of ["add_tags", "remove_tags", "find_conversation"]) expect(offered).not.toContain(name);
});

describe.each(definitions.map((definition) => [definition.name, definition] as const))("%s", (_name, definition) => {
  test("has title, description, all hints, and schemas with an object at the root", () => {
    expect(definition.title).toMatch(/^[A-Z]/);
    expect(definition.description).toMatch(/\.$/);
    const { title, ...hints } = definition.annotations;
    expect(title).toBe(definition.title);
    expect(Object.entries(hints).map(([name, value]) => [name, typeof value])).toEqual(
      ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"].map((name) => [name, "boolean"]),
    );
    expect(definition.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(definition.outputSchema.type).toBe("object");
    expect(Object.keys(definition.outputSchema.properties as object).length).toBeGreaterThan(1);
  });

  test("has nothing that breaks hosts", () => {
    for (const node of nodes([definition.inputSchema, definition.outputSchema])) {
      for (const keyword of [
        "$ref",
        "$defs",
        "$schema",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "nullable",
        "pattern",
        "format",
        "const",
      ])
        expect(Object.keys(node)).not.toContain(keyword);
      expect(Array.isArray(node.type)).toBe(false);
      expect(node.type).not.toBe("null");
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
    expect(JSON.stringify(definition)).toMatch(/^[\x00-\x7f]*$/);
    expect(modelFacing(definition)).not.toContain(";");
  });

  test("gives every field a type: the inspector's strict mode warns of a schema that allows anything", () => {
    const fields = nodes([definition.inputSchema, definition.outputSchema])
      .filter(({ type, properties }) => type === "object" && properties !== undefined)
      .flatMap(({ properties }) => Object.entries(properties as Record<string, { type?: string }>));
    expect(fields.filter(([, { type }]) => typeof type !== "string")).toEqual([]);
  });
});

test("by o200k's own count the definitions stay under 2,500 tokens, each under 250, the instructions under 200", () => {
  expect(budgets).toEqual({ together: 2500, tool: 250, instructions: 200 });
  const measured = measureTokens();
  expect(measured.tools.map(({ name }) => name)).toEqual(definitions.map(({ name }) => name));
  expect(measured.together).toBeGreaterThan(1000);
  expect(listExceededBudgets(measured)).toEqual([]);
  const large = { name: "large", tokens: 1, confirming: 251 };
  expect(listExceededBudgets({ ...measured, tools: [large] })).toEqual(["large takes more than 250 tokens."]);
});

test("the hints follow from what the operation does", () => {
  const hints = Object.fromEntries(
    definitions.map(({ name, annotations }) => [
      name,
      [annotations.readOnlyHint, annotations.destructiveHint, annotations.idempotentHint, annotations.openWorldHint],
    ]),
  );
  expect(hints).toMatchObject({
    list_messages: [true, false, true, true],
    // They replace tags and overwrite or clear fields: a host that asks a person before destruction has to ask.
    save_contact: [false, true, true, true],
    update_contact: [false, true, true, true],
    create_webhook: [false, false, false, true],
    send_message: [false, true, false, true],
    send_template: [false, true, false, true],
    delete_webhook: [false, true, true, true],
  });
});

test("no tool takes an API key", () => {
  const names = nodes(definitions.map(({ inputSchema }) => inputSchema)).flatMap(({ properties }) =>
    Object.keys(properties ?? {}),
  );
  expect(names).toContain("phone");
  expect(names.filter((name) => /api.?key|^key$|bearer|authorization|token/i.test(name))).toEqual([]);
});

describe("toInputSchema", () => {
  test("inlines references, drops null from unions, bounds and defaults, and lists what is an open map", () => {
    const Named = z.strictObject({ inner: z.string().nullable() }).meta({ id: "NamedInSchemaTest" });
    const { schema, maps } = toInputSchema(
      z.strictObject({
        named: Named,
        count: z.number().int().min(1).max(9).default(3),
        open: z.record(z.string(), z.unknown()).optional(),
      }),
      { words: { count: "How many" }, extra: { more: { type: "string" } } },
    );
    expect(schema).toEqual({
      type: "object",
      properties: {
        named: {
          type: "object",
          properties: { inner: { type: "string" } },
          required: ["inner"],
          additionalProperties: false,
        },
        count: { type: "integer", description: "How many" },
        open: { type: "array", items: { type: "string" }, description: "Each name=value" },
        more: { type: "string" },
      },
      required: ["named"],
      additionalProperties: false,
    });
    expect(maps).toEqual(["open"]);
  });

  test("refuses an intersection, which no host takes", () => {
    expect(() => toInputSchema(z.strictObject({ a: z.string().and(z.string()) }))).toThrow("intersection");
  });
});

describe("conformToSchema", () => {
  const schema = toOutputSchema(
    z.looseObject({ id: z.string(), count: z.number().int(), list: z.array(z.string()), maybe: z.string().nullable() }),
  );

  test("keeps what fits and what it does not know, and leaves null out", () => {
    const answer = { id: "a", count: 1, list: ["b"], maybe: null, more: { of: "it" } };
    expect(conformToSchema(schema, answer)).toEqual({ id: "a", count: 1, list: ["b"], more: { of: "it" } });
  });

  test("writes a scalar as a string and drops what cannot be one", () => {
    expect(conformToSchema(schema, { id: 7, count: "one", list: ["a", {}, 2], maybe: 5 })).toEqual({
      id: "7",
      list: ["a", "2"],
      maybe: "5",
    });
  });
});
