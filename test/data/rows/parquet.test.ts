import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { openRows, type Row } from "../../../src/data/index.ts";
import { openParquet } from "../../../src/data/rows/parquet.ts";
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

test("a column of many pages, of which the first have no empty cells, is read whole", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  const phones = Array.from({ length: 3_000 }, (_value, row) => (row > 900 && row % 3 === 0 ? null : `+97150${row}`));
  const columnData = [
    { name: "phone", data: phones, type: "STRING" as const, nullable: true },
    { name: "row", data: phones.map((_phone, row) => row), type: "INT32" as const },
  ];
  writeFileSync(file, Buffer.from(parquetWriteBuffer({ columnData, pageSize: 500, rowGroupSize: 1_300 })));
  const read: unknown[] = [];
  for await (const { cells } of (await openRows(file)).rows()) read.push(cells);
  expect(read).toEqual(phones.map((phone, row) => [phone, row]));
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

/** A file whose bytes have been changed in one place: the last where the first text stands. */
async function readDamaged(before: string, after: string): Promise<unknown> {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  const columnData = [
    { name: "phone", data: ["+971500000000", "+971511111111", "+971522222222"] },
    { name: "email", data: ["a@example.com", "b@example.com", "c@example.com"] },
  ];
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED" }));
  const at = bytes.lastIndexOf(before, undefined, "latin1");
  expect(at).toBeGreaterThan(0);
  bytes.write(after, at, "latin1");
  writeFileSync(file, bytes);
  const rows = await openRows(file);
  for await (const row of rows.rows()) expect(row.line).toBeGreaterThan(0);
  return "it was read";
}

test.each([
  // Its values were read, and what was wrong with them reached nobody: the process ended.
  ["a column that the schema does not have", "email", "emall"],
  ["other numbers of rows in its parts than in all", "\u0016\u0006\u0019\u001c", "\u0016\u0008\u0019\u001c"],
])("a damaged Parquet file, with %s, is refused whole", async (_what, before, after) => {
  await expect(readDamaged(before, after)).rejects.toMatchObject({
    name: "FileError",
    message: expect.stringContaining("it is damaged"),
  });
});

test("a damaged Parquet file that says it has one value two thousand million times holds nobody up", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  const data = Array.from({ length: 64 }, (_value, index) => (index % 3 === 0 ? null : `+9715000000${10 + index}`));
  const columnData = [{ name: "phone", data, type: "STRING" as const, nullable: true }];
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED" }));
  // Which of the 64 has a value, in bits: the first byte says that eight times eight of them follow.
  const at = bytes.indexOf(Buffer.from("11b66ddbb66ddbb66d", "hex"));
  expect(at).toBeGreaterThan(0);
  // 2 ** 31 - 1 times, as a number of seven bits a byte, and the value.
  bytes.write("feffffff0f01", at, "hex");
  writeFileSync(file, bytes);
  let isAlone = false;
  setImmediate(() => {
    isAlone = true;
  });
  await expect(openRows(file)).rejects.toMatchObject({
    name: "FileError",
    message: expect.stringContaining("a page has more values than it says: it is damaged"),
  });
  expect(isAlone).toBe(true);
});

test("what takes longer than it may is given up, and says so", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.parquet");
  writeFileSync(file, Buffer.from(parquetWriteBuffer({ columnData: [{ name: "phone", data: ["+971500000000"] }] })));
  // No thread begins within a millisecond.
  await expect(openParquet(file, 1)).rejects.toMatchObject({
    name: "FileError",
    message: expect.stringContaining("a part of it takes more than 0.001 seconds: it is damaged, or too large"),
  });
});
