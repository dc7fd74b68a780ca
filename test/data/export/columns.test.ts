/** Columns that come to a table, and those that change their type. */
import { expect, test } from "@jest/globals";
import { ColumnTypeError, extendColumns } from "../../../src/data/export/columns.ts";
import { exportTables } from "../../../src/data/export/records.ts";

const { messages } = exportTables;

test("a field that no schema knows is a new column, of the type of its first value", () => {
  const rows = [
    { id: "m1", score: null, tone: null },
    { id: "m2", score: 1, tone: "warm", isBot: false, links: ["a"] },
    { id: "m3", score: 1.5 },
  ];
  const extended = extendColumns(messages, rows);
  expect(extended.columns.slice(messages.columns.length)).toEqual([
    { name: "score", type: "number" },
    { name: "tone", type: "text" },
    { name: "isBot", type: "boolean" },
    { name: "links", type: "json" },
  ]);
  expect(extendColumns(extended, rows)).toBe(extended);
});

test.each<[string, object, string]>([
  ["a text that becomes a number", { content: 7 }, "messages.content is of type text, and m1 has a number there"],
  ["a text that becomes an object", { content: {} }, "messages.content is of type text, and m1 has an object there"],
  ["an object that becomes a text", { metadata: "x" }, "messages.metadata is of type json, and m1 has a text there"],
  ["a time that is none", { createdAt: "soon" }, "messages.createdAt is of type timestamp, and m1 has a text there"],
])("a column whose type changes is named, with the row and what to do: %s", (_what, fields, message) => {
  const extend = () => extendColumns(messages, [{ id: "m1", ...fields }]);
  expect(extend).toThrow(ColumnTypeError);
  expect(extend).toThrow(message);
  expect(extend).toThrow("Export to a new place");
});

test("a column that came while exporting keeps its type, too", () => {
  const extended = extendColumns(messages, [{ id: "m1", score: 1 }]);
  expect(() => extendColumns(extended, [{ id: "m2", score: "high" }])).toThrow(
    "messages.score is of type number, and m2 has a text there",
  );
});

test("a value that is missing or empty fits every column", () => {
  expect(extendColumns(messages, [{ id: "m1", content: null, metadata: null, createdAt: undefined }])).toBe(messages);
});
