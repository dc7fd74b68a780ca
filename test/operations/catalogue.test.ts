/** What every operation must say of itself, so that each face can project it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { scopes } from "../../src/api/index.ts";
import { allOperations, findOperation, operations } from "../../src/operations/index.ts";

/** What a field says of itself, however optional it is. */
function metaOf(schema: z.ZodType): z.GlobalMeta {
  return (
    schema.meta() ??
    (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable
      ? metaOf(schema.unwrap() as z.ZodType)
      : {})
  );
}

describe.each(Object.entries(operations))("%s", (key, { name, title, description, input, output, effect, scope }) => {
  test("is listed under its own name, in snake_case", () => {
    expect(name).toBe(key);
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(findOperation(name)?.title).toBe(title);
  });

  test("has a title in Title Case and a description in sentences", () => {
    expect(title).toMatch(/^[A-Z]\w*( (or|in|a|for|to|[A-Z]\w*))*$/);
    expect(description).toMatch(/^[A-Z].*\.$/);
  });

  test("refuses unknown input by its name", () => {
    const parsed = input.safeParse({ nonsense: 1 });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues).toContainEqual(
      expect.objectContaining({ code: "unrecognized_keys", keys: ["nonsense"] }),
    );
  });

  test("explains each of its fields, and its examples are valid", () => {
    for (const [field, schema] of Object.entries(input.shape) as [string, z.ZodType][]) {
      const { title: label, description: help, examples = [] } = metaOf(schema);
      expect([field, label, help]).toEqual([field, expect.any(String), expect.any(String)]);
      for (const example of examples as unknown[])
        expect([field, schema.safeParse(example).success]).toEqual([field, true]);
    }
  });

  test("has an object as its output, an effect and a known scope", () => {
    expect(z.toJSONSchema(output, { io: "output" })).toMatchObject({});
    expect(["reads", "writes", "sends", "deletes"]).toContain(effect);
    if (scope !== null) expect(scopes).toContain(scope);
  });
});

describe("the catalogue", () => {
  test("has each operation run by a test of this folder", () => {
    const tests = readdirSync(import.meta.dirname)
      .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
      .join("\n");
    const untried = allOperations
      .filter(({ name }) => !new RegExp(`"${name}"|operations\\.${name}\\b`).test(tests))
      .map(({ name }) => `Write test/operations/${name.replaceAll("_", "-")}.test.ts.`);
    expect(untried).toEqual([]);
  });

  test("has every name once", () => {
    expect(new Set(allOperations.map(({ name }) => name)).size).toBe(allOperations.length);
  });

  test("knows only its own names", () => {
    expect(findOperation("toString")).toBeUndefined();
    expect(findOperation("send_fax")).toBeUndefined();
  });
});
