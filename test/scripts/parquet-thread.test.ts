/** What is bundled into one file reads Parquet by the thread that it has inside. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { parquetWriteBuffer } from "hyparquet-writer";
import { embedParquetThread } from "../../scripts/parquet-thread.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "onsync-thread-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a program of one file, with nothing beside it, reads a Parquet file", async () => {
  const contacts = join(folder, "contacts.parquet");
  writeFileSync(
    contacts,
    Buffer.from(parquetWriteBuffer({ columnData: [{ name: "phone", data: ["+971500000000"] }] })),
  );
  const program = join(folder, "program.mjs");
  await build({
    stdin: {
      contents: `import { openParquet } from "./src/data/rows/parquet.ts";
const { columns, rows } = await openParquet(process.argv[2]);
console.log(JSON.stringify({ columns, rows: await Array.fromAsync(rows()) }));`,
      resolveDir: root,
    },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    plugins: [embedParquetThread],
  });
  const printed = execFileSync(process.execPath, [program, contacts], { encoding: "utf8", cwd: folder });
  expect(JSON.parse(printed)).toEqual({ columns: ["phone"], rows: [{ line: 1, cells: ["+971500000000"] }] });
});
