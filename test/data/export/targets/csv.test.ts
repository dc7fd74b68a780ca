/** CSV that spreadsheets open: no cell is a formula, and every row comes back as it was. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { exportTables } from "../../../../src/data/export/records.ts";
import { openFileTarget } from "../../../../src/data/index.ts";
import { temporaryFolder } from "../../../../testing/imports/import-file.ts";
import { chooseRuns } from "../../../../testing/jest/runs.ts";

const { messages } = exportTables;

/** As OWASP and the makers of spreadsheets list what a formula begins with, after white space, too. */
const formula = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

test("property: whatever text is in a row, no cell of it is a formula, and it is read as it was written", async () => {
  const beginning = fc.constantFrom(
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r",
    "\n+",
    " =",
    "＝",
    "'",
    '"',
    ";",
    "\u0000@",
    "\u2028=",
    "",
  );
  const text = fc.tuple(beginning, fc.string({ unit: "grapheme" })).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (texts) => {
      using folder = temporaryFolder();
      const path = join(folder.path, "m.csv");
      const rows = texts.map((content, index) => ({
        ...{ id: `msg_${index}`, content, metadata: { [content]: [content] }, status: "sent" },
        createdAt: "2024-12-01T10:00:00.000Z",
      }));
      const target = openFileTarget({ path, layout: "file", format: "csv", state: join(folder.path, "state") });
      await target.commit([{ table: messages, rows }], new Map());
      await target.finish([messages]);
      const read = await target.read(
        messages,
        rows.map(({ id }) => id),
      );
      await target.close();
      for (const [index, { content, metadata }] of rows.entries())
        expect(read[index]).toMatchObject({ content: content === "" ? null : content, metadata });
      const cells = (parse(readFileSync(path), { bom: true, relax_column_count: false }) as string[][]).flat();
      expect(cells.filter((cell) => formula.test(cell))).toEqual([]);
    }),
    { numRuns: chooseRuns(60) },
  );
});

test("it begins with a mark that says it is UTF-8, its lines end as on Windows, and cells are in quotes", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "m.csv");
  const target = openFileTarget({ path, layout: "file", format: "csv", state: join(folder.path, "state") });
  const rows = [
    { id: "msg_1", to: "+971500000000", content: 'a "b"\nc', score: -1.5, createdAt: "2024-12-01T10:00:00.000Z" },
  ];
  const table = { ...messages, columns: [...messages.columns, { name: "score", type: "number" as const }] };
  await target.commit([{ table, rows }], new Map());
  await target.finish([table]);
  await target.close();
  const [head, ...rest] = readFileSync(path, "utf8").split("\r\n");
  expect(head?.startsWith('\ufeff"id","conversationId"')).toBe(true);
  expect(rest).toEqual([`"msg_1",,,"'+971500000000",,,,,"a ""b""\nc",,"2024-12-01T10:00:00.000Z","-1.5"`, ""]);
});
