import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { openRows, type Row } from "../../../src/data/index.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

test("a Parquet file is read row by row, large numbers and lists among its values", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  const columnData = [
    { name: "phone", data: ["+971500000000", "+971511111111"], type: "STRING" as const },
    { name: "crm_id", data: [9007199254740993n, 7n], type: "INT64" as const },
    { name: "vip", data: [true, false], type: "BOOLEAN" as const },
  ];
  writeFileSync(file, Buffer.from(parquetWriteBuffer({ columnData })));
  const rows = await openRows(file);
  const read: Row[] = [];
  for await (const row of rows.rows()) read.push(row);
  expect(rows).toMatchObject({ format: "parquet", columns: ["phone", "crm_id", "vip"] });
  expect(read).toEqual([
    { line: 1, cells: ["+971500000000", "9007199254740993", true] },
    { line: 2, cells: ["+971511111111", 7, false] },
  ]);
});

test("a file that only begins as Parquet is refused with a sentence", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  writeFileSync(file, "PAR1 and nothing more");
  await expect(openRows(file)).rejects.toMatchObject({
    name: "FileError",
    message: expect.stringContaining("Parquet"),
  });
});
