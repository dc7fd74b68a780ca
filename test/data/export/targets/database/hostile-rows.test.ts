/** Exports into databases of rows in any order and with any names and texts. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type ExportRow, exportTables } from "../../../../../src/data/export/records.ts";
import { describeOnDatabases, message, withColumns, withTarget } from "./on-databases.ts";

const { messages, contacts } = exportTables;
const none = new Map<string, string | null>();
const statuses = ["queued", "sent", "delivered", "read", "failed"];

describeOnDatabases((createPlace) => {
  test("statuses and contacts in every order end as the latest, however they are split and repeated", async () => {
    const place = await createPlace();
    let runs = 0;
    const key = fc.constantFrom("a", "b", "c");
    const status = fc.record({ key, status: fc.constantFrom(...statuses), content: fc.constantFrom("x", "y", null) });
    const change = fc.record({ key, minute: fc.nat({ max: 5 }), name: fc.constantFrom("Sara", "Omar", null) });
    const step = fc.record({
      statuses: fc.array(status, { maxLength: 6 }),
      changes: fc.array(change, { maxLength: 6 }),
    });
    await withTarget(await place.open(), (target) =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
          runs += 1;
          // The oracle: one after the other into a map, a greater rank or a later minute wins, else the later to come.
          const expected = new Map<string, { rank: number; row: ExportRow }>();
          const note = (rank: number, row: ExportRow) => {
            if ((expected.get(String(row.id))?.rank ?? -1) <= rank) expected.set(String(row.id), { rank, row });
            return row;
          };
          for (const { statuses: sent, changes } of steps) {
            const messageRows = sent.map(({ key, status, content }) =>
              note(statuses.indexOf(status), message(`msg_${runs}_${key}`, { status, content })),
            );
            const contactRows = changes.map(({ key, minute, name }) => {
              const updatedAt = `2024-12-01T10:0${minute}:00.000Z`;
              const fixed = { tags: [], properties: {}, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" };
              return note(minute, { id: `contact_${runs}_${key}`, firstName: name, ...fixed, updatedAt });
            });
            await target.commit(
              [
                { table: messages, rows: messageRows },
                { table: contacts, rows: contactRows },
              ],
              none,
            );
          }
          const keys = [...expected.keys()];
          const read = [...(await target.read(messages, keys)), ...(await target.read(contacts, keys))];
          const found = new Map(read.map((row) => [String(row.id), row]));
          expect(found.size).toBe(expected.size);
          for (const [id, { row }] of expected)
            expect(found.get(id)).toEqual(
              Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
            );
        }),
        { numRuns: 25 },
      ),
    );
  });

  test("no name of a field reaches another column, another table or the SQL", async () => {
    const place = await createPlace();
    await place.query("CREATE TABLE precious (id integer)");
    const hostile = [
      `"; DROP TABLE precious; --`,
      `x" text); DROP TABLE precious; --`,
      "$1",
      "c0",
      "held",
      "excluded",
      "ctid",
      "rowid",
      "_onsync_version",
      "_ONSYNC_VERSION",
      "\0",
      "a\0b",
      "\ud800",
      "__proto__",
      "constructor",
      "Status",
      "STATUS",
      "ſtatus",
      "é",
      "e\u0301",
      "É",
      " ",
      "",
      "a".repeat(63),
      "a".repeat(64),
      `${"a".repeat(64)}b`,
      "é".repeat(40),
      "select",
      "\\",
      "'",
    ];
    const name = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(...hostile),
    );
    const known = new Set(messages.columns.map(({ name: column }) => column));
    const fields = new Map<string, number>();
    await withTarget(await place.open(), async (target) => {
      const write = async (names: readonly string[]) => {
        for (const each of names) if (!known.has(each)) fields.set(each, fields.size + 0.5);
        const row = { ...message("msg_1"), ...Object.fromEntries(fields) };
        const table = withColumns(Object.fromEntries([...fields.keys()].map((each) => [each, "number"])));
        await target.commit([{ table, rows: [row] }], none);
        expect(await target.read(table, ["msg_1"])).toEqual([row]);
      };
      await write(hostile);
      await fc.assert(fc.asyncProperty(fc.array(name, { maxLength: 5 }), write), { numRuns: 20 });
      expect(await target.count(messages)).toBe(1);
    });
    // And the next export finds each of them again.
    await withTarget(await place.open(), async (target) =>
      expect(await target.read(messages, ["msg_1"])).toEqual([{ ...message("msg_1"), ...Object.fromEntries(fields) }]),
    );
    expect(await place.query("SELECT count(*) AS rows FROM precious")).toEqual([{ rows: "0" }]);
  });

  test("keys of properties are data, and no columns", async () => {
    const place = await createPlace();
    const properties = { '"; DROP TABLE contacts; --': "x", "a'b": 1, "": true, ключ: "значение" };
    const row = { id: "contact_1", tags: ["a"], properties, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" };
    await withTarget(await place.open(), async (target) => {
      await target.commit([{ table: contacts, rows: [row] }], none);
      expect(await target.read(contacts, ["contact_1"])).toEqual([row]);
    });
  });

  test("no message of a customer's holds up an export: what is no text to a database is replaced", async () => {
    const place = await createPlace();
    const row = message("msg_1", { content: "half \ud83d of it, and \\u0000", metadata: { "\udc00": ["\ud800"] } });
    await withTarget(await place.open(), async (target) => {
      await target.commit([{ table: messages, rows: [row, message("msg_2", { content: "a\0b" })] }], none);
      expect(await target.read(messages, ["msg_1"])).toEqual([
        { ...row, content: "half \ufffd of it, and \\u0000", metadata: { "\ufffd": ["\ufffd"] } },
      ]);
      expect((await target.read(messages, ["msg_2"]))[0]?.content).toMatch(/^a[\0\ufffd]b$/);
    });
  });
});
