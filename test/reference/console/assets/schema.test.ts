/** What the API page reads out of the OpenAPI document. */
import { describe, expect, test } from "@jest/globals";
import { openApiDocument } from "../../../../reference/index.ts";
import { endpoints, eventTypes } from "../../../../src/api/index.ts";
import { importAsset } from "./import-asset.ts";

type Row = { name: string; depth: number; type: string; required: boolean; text: string };
type Operation = { method: string; path: string; operationId: string };
type Schema = {
  listFields: (schema: object, root: object) => Row[];
  describeType: (schema: object, root: object) => string;
  listOperations: (document: object) => { name: string; operations: Operation[] }[];
  listEvents: (document: object) => { type: string; sample: object }[];
  getExampleBody: (operation: object) => string | null;
  buildPath: (path: string, parameters: { name: string; in: string }[], values: Record<string, string>) => string;
};
const { listFields, describeType, listOperations, listEvents, getExampleBody, buildPath } =
  await importAsset<Schema>("api/schema.js");
const document = openApiDocument({ extensions: true });

test("every endpoint is offered once, under its tag, and every event with its sample", () => {
  const operations = listOperations(document).flatMap((tag) => tag.operations);
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
    Object.values(endpoints)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
  expect(listEvents(document).map(({ type, sample }) => [type, (sample as { type: string }).type])).toEqual(
    eventTypes.map((type) => [type, type]),
  );
});

test("every operation that takes a body has an example of it, and the fields of every body are listed", () => {
  for (const operation of listOperations(document).flatMap((tag) => tag.operations)) {
    const { operationId, requestBody } = operation as Operation & {
      requestBody?: { content: { "application/json": { schema: object } } };
    };
    const example = getExampleBody(operation);
    expect([operationId, example !== null]).toEqual([operationId, requestBody !== undefined]);
    if (!requestBody || example === null) continue;
    const names = listFields(requestBody.content["application/json"].schema, document).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(JSON.parse(example))));
  }
});

describe("a field", () => {
  const root = { components: { schemas: { Tag: { type: "string", description: "A tag." } } } };

  test("is listed with what it may be, wherever it is said", () => {
    const schema = {
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 1, maxLength: 5, examples: ["Sara"] },
        tags: { type: "array", items: { $ref: "#/components/schemas/Tag" } },
        kind: { enum: ["a", "b"], default: "a" },
        inner: { type: "object", properties: { deep: { anyOf: [{ type: "string" }, { type: "null" }] } } },
      },
    };
    expect(listFields(schema, root)).toEqual([
      { name: "name", depth: 0, type: "string", required: true, text: '1 to 5 characters; such as "Sara"' },
      { name: "tags", depth: 0, type: "list of string", required: false, text: "" },
      { name: "kind", depth: 0, type: '"a" | "b"', required: false, text: '"a" where it is left out' },
      { name: "inner", depth: 0, type: "object", required: false, text: "" },
      { name: "deep", depth: 1, type: "string or null", required: false, text: "" },
    ]);
  });

  test("that leads back to itself comes to an end", () => {
    const loop = { components: { schemas: { Node: { properties: { next: { $ref: "#/components/schemas/Node" } } } } } };
    expect(listFields({ $ref: "#/components/schemas/Node" }, loop)).toHaveLength(5);
    const circle = { a: { $ref: "#/a" } };
    expect(describeType({ $ref: "#/a" }, circle)).toBe("anything");
    const any = { v: { anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#/v" } }] } };
    expect(describeType({ $ref: "#/v" }, any)).toMatch(/^string or list of string or list of/);
  });
});

test("an address has its parameters filled in and encoded, and one that is missing is named", () => {
  const parameters = [
    { name: "id", in: "path" },
    { name: "limit", in: "query" },
    { name: "query", in: "query" },
  ];
  const values = { id: "whatsapp:+1/../x", limit: "", query: "a&b" };
  expect(buildPath("/c/{id}/m", parameters, values)).toBe("/c/whatsapp%3A%2B1%2F..%2Fx/m?query=a%26b");
  expect(() => buildPath("/c/{id}/m", parameters, {})).toThrow("Give id: it is part of the path.");
});
