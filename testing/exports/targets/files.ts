/** Parts in a folder, read as a stranger would: all of a table, by their names' order. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import type { TableName } from "../inbox/inbox.ts";
import type { TargetRow } from "../judge/judge.ts";
import { listFiles } from "../judge/secrets.ts";
import type { ReadableTarget } from "./target.ts";

export type FileFormat = "ndjson" | "csv" | "parquet";

function readLines(bytes: Buffer): TargetRow[] {
  const text = bytes.toString("utf8");
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line is not whole");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as TargetRow]));
}

function readCells(bytes: Buffer): TargetRow[] {
  return parse(bytes, { bom: true, columns: true }) as TargetRow[];
}

async function readParquet(bytes: Buffer): Promise<TargetRow[]> {
  const file = new Uint8Array(bytes).buffer;
  return (await parquetReadObjects({ file, utf8: true })) as TargetRow[];
}

const readers: Readonly<Record<FileFormat, (bytes: Buffer) => TargetRow[] | Promise<TargetRow[]>>> = {
  ndjson: readLines,
  csv: readCells,
  parquet: readParquet,
};

/** Cells that a spreadsheet would run. A number is none, and neither is a sign alone. */
function findFormulas(bytes: Buffer, name: string): string[] {
  const rows = parse(bytes, { bom: true }) as string[][];
  return rows
    .slice(1)
    .flat()
    .filter((cell) => /^[=+\-@\t\r]/.test(cell) && !/^-?[\d.]+$/.test(cell))
    .map((cell) => `formula: ${name} has the cell ${JSON.stringify(cell.slice(0, 40))}`);
}

export function openFiles(folder: string, format: FileFormat): ReadableTarget {
  const parts = (table: TableName): string[] =>
    listFiles(folder)
      .filter((file) =>
        relative(folder, file)
          .split("/")
          .some((name) => name.split(/[-_.]/)[0] === table),
      )
      .filter(
        (file) =>
          file.endsWith(`.${format}`) &&
          !relative(folder, file)
            .split("/")
            .some((name) => name.startsWith(".")),
      )
      .sort();
  return {
    ...{ format, args: ["--to", folder, "--format", format], secrets: {} },
    async read(table) {
      const rows = [];
      for (const file of parts(table)) {
        try {
          rows.push(...(await readers[format](readFileSync(file))));
        } catch (error) {
          throw new Error(`${relative(folder, file)} is no whole ${format}: ${(error as Error).message}`);
        }
      }
      return rows;
    },
    inspect(table) {
      const known = new Set(parts(table));
      const left = listFiles(folder).filter(
        (file) => !known.has(file) && /tmp|temp|partial|\.part$|~$/i.test(file.slice(folder.length)),
      );
      return [
        ...left.map((file) => `left over: ${relative(folder, file)}`),
        ...(format === "csv"
          ? parts(table).flatMap((file) => findFormulas(readFileSync(file), relative(folder, file)))
          : []),
      ];
    },
  };
}
