/** The tables of an export: columns from the API's schemas, keys, and which of two rows is the later. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { messageStatuses } from "../../../src/api/index.ts";
import { exportTables, readVersion, tableNames, toRow } from "../../../src/data/export/records.ts";

function columnsOf(table: keyof typeof exportTables): Record<string, string> {
  return Object.fromEntries(exportTables[table].columns.map(({ name, type }) => [name, type]));
}

test("the columns are the fields of the API's schemas, under its names", () => {
  expect(columnsOf("messages")).toEqual({
    ...{ id: "text", conversationId: "text", platform: "text", to: "text", type: "text", direction: "text" },
    ...{ status: "text", failureReason: "text", content: "text", metadata: "json", createdAt: "timestamp" },
  });
  expect(columnsOf("contacts")).toMatchObject({
    phone: "text",
    tags: "json",
    properties: "json",
    updatedAt: "timestamp",
  });
  expect(columnsOf("conversations")).toMatchObject({ contactId: "text", assignee: "json", resolvedAt: "timestamp" });
  expect(tableNames.map((name) => exportTables[name].key)).toEqual(["id", "id", "id"]);
});

test("the envelope of an answer and what a list adds are no part of a row, and what is unknown is", () => {
  const added = { requestId: "req_1", timestamp: "2024-12-01T10:00:00.000Z" };
  expect(toRow("contacts", { id: "c", mood: "good", email: null, activity: {}, ...added })).toEqual({
    ...{ id: "c", mood: "good", email: null },
  });
  expect(toRow("conversations", { id: "v", contactName: "Sara", lastMessage: null })).toEqual({ id: "v" });
});

test.each([null, "text", [1], {}, { id: "" }, { id: 7 }])("a record without a key is no row: %j", (record) => {
  expect(toRow("messages", record)).toBeNull();
});

test("a message's version never falls along the way that a status may take, and each end stays", () => {
  const version = (status?: string) => readVersion("messages", { id: "m", status });
  expect(version()).toBe(version("queued"));
  expect(version("of the future")).toBe(version("queued"));
  const ways = [
    ["queued", "sent", "delivered", "read"],
    ["queued", "sent", "failed"],
    ["queued", "failed"],
  ];
  for (const way of ways) {
    const versions = way.map(version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(way.length);
  }
});

test("in whatever order its statuses come, the one with the greatest version is the same", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...messageStatuses], { minLength: 1 }), (statuses) => {
      const latest = (all: readonly string[]) =>
        all.reduce((kept, status) =>
          readVersion("messages", { status }) >= readVersion("messages", { status: kept }) ? status : kept,
        );
      expect(latest(statuses)).toBe(latest([...statuses].reverse()));
    }),
  );
});

test("a contact's version is when it was changed last, whatever zone that is written in", () => {
  const version = (row: object) => readVersion("contacts", { id: "c", ...row });
  expect(version({ updatedAt: "2024-12-01T12:00:00.000+02:00" })).toBe(Date.parse("2024-12-01T10:00:00Z"));
  expect(version({ updatedAt: "2024-12-01 10:00:00" })).toBe(Date.parse("2024-12-01T10:00:00Z"));
  expect(version({ createdAt: "2024-12-01T10:00:00.000Z" })).toBe(Date.parse("2024-12-01T10:00:00Z"));
  expect(version({})).toBe(0);
});
