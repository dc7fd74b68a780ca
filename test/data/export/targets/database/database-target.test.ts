/** Exports into databases: rows, columns and state in one transaction. */
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../../src/data/export/records.ts";
import { describeOnDatabases, message, withColumns, withTarget } from "./on-databases.ts";

const { messages, contacts } = exportTables;
const none = new Map<string, string | null>();

describeOnDatabases((createPlace) => {
  test("what was committed is there again, each value as it was exported", async () => {
    const place = await createPlace();
    const row = message("msg_1", {
      content: `He said "no"; it's \\ 'fine' – 🙂\n\t{}`,
      metadata: { campaign: "expo", nested: [1, null, { deep: true }], number: 0.1 },
      createdAt: "2024-12-01T10:59:10.123Z",
    });
    const precise = message("msg_2", { createdAt: "2024-12-01T10:59:10.123456Z", content: "" });
    await withTarget(await place.open(), (target) =>
      target.commit([{ table: messages, rows: [row, precise] }], new Map([["cursor", "17"]])),
    );
    await withTarget(await place.open(), async (target) => {
      expect(await target.readState("cursor")).toBe("17");
      expect(await target.count(messages)).toBe(2);
      const read = await target.read(messages, ["msg_1", "msg_2", "msg_3"]);
      expect(read.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))).toEqual([row, precise]);
    });
  });

  test("its tables can be asked in SQL under the API's own names", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), (target) =>
      target.commit([{ table: messages, rows: [message("msg_1", { metadata: { campaign: "expo" } })] }], none),
    );
    const rows = await place.query(
      `SELECT "conversationId", metadata->>'campaign' AS campaign, CAST(extract(year FROM "createdAt") AS integer) AS year FROM messages`,
    );
    expect(rows).toEqual([{ conversationId: "whatsapp:+971500000000", campaign: "expo", year: 2024 }]);
  });

  test("a row that is as it was counts for nothing", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), async (target) => {
      expect(await target.commit([{ table: messages, rows: [message("msg_1"), message("msg_2")] }], none)).toBe(2);
      const rows = [message("msg_1"), message("msg_2", { status: "read" })];
      expect(await target.commit([{ table: messages, rows }], none)).toBe(1);
    });
  });

  test("a new field is a new column, and the rows before it stay", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), async (target) => {
      await target.commit([{ table: messages, rows: [message("msg_1")] }], none);
      const table = withColumns({ sentiment: "number" });
      await target.commit([{ table, rows: [message("msg_2", { sentiment: 0.5 })] }], none);
    });
    expect(await place.query(`SELECT id, sentiment FROM messages ORDER BY id`)).toEqual([
      { id: "msg_1", sentiment: null },
      { id: "msg_2", sentiment: 0.5 },
    ]);
  });

  test("a field that changes its type is an error that names table, column and both types, and nothing is written", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), async (target) => {
      await target.commit([{ table: withColumns({ score: "number" }), rows: [message("msg_1", { score: 1 })] }], none);
      const changed = withColumns({ extra: "text", score: "text" });
      const written = target.commit([{ table: changed, rows: [message("msg_2")] }], new Map([["cursor", "2"]]));
      await expect(written).rejects.toThrow(
        /"score" of .*"messages" in .* \(number\), .* \(text\): nothing was written/,
      );
      await expect(written).rejects.toThrow(/ALTER TABLE/);
      expect(await target.readState("cursor")).toBeNull();
      expect(await target.count(messages)).toBe(1);
      // What was begun for it is undone, and is done when it is needed.
      await target.commit([{ table: withColumns({ extra: "text" }), rows: [message("msg_3", { extra: "x" })] }], none);
      expect(await target.read(withColumns({ extra: "text" }), ["msg_3"])).toEqual([message("msg_3", { extra: "x" })]);
    });
  });

  test("state is listed by prefix in the order of its bytes, changed and removed", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), async (target) => {
      const names = ["c/é", "c/Z", "c/a", "c/%", "c/_", "d/a", "c"];
      await target.commit([], new Map(names.map((name) => [name, `${name} 1`])));
      await target.commit(
        [],
        new Map([
          ["c/a", "again"],
          ["c/_", null],
          ["gone", null],
        ]),
      );
      expect(await target.listState("c/", null, 10)).toEqual([
        { name: "c/%", value: "c/% 1" },
        { name: "c/Z", value: "c/Z 1" },
        { name: "c/a", value: "again" },
        { name: "c/é", value: "c/é 1" },
      ]);
      expect(await target.listState("c/", "c/Z", 1)).toEqual([{ name: "c/a", value: "again" }]);
      expect(await target.readState("c/_")).toBeNull();
    });
  });

  test("a table that no export has made is left as it is", async () => {
    const place = await createPlace();
    await place.query("CREATE TABLE contacts (id integer, name text)");
    await withTarget(await place.open(), async (target) => {
      const row = { id: "contact_1", tags: [], properties: {}, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" };
      await expect(target.commit([{ table: contacts, rows: [row] }], new Map([["a", "1"]]))).rejects.toThrow(
        /a table .*"contacts" in .* that no export has made/,
      );
      expect(await target.readState("a")).toBeNull();
    });
    expect(await place.query("SELECT * FROM contacts")).toEqual([]);
  });

  test("a table that was dropped is not taken for exported", async () => {
    const place = await createPlace();
    await withTarget(await place.open(), (target) =>
      target.commit([{ table: messages, rows: [message("msg_1")] }], none),
    );
    await place.query("DROP TABLE messages");
    await withTarget(await place.open(), async (target) => {
      await expect(target.commit([{ table: messages, rows: [message("msg_2")] }], none)).rejects.toThrow(
        /"messages" is gone from .*drop .*_onsync_state/,
      );
    });
  });
});
