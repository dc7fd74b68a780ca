/** Parquet: a row group for some thousand rows, instants as such, objects and lists as JSON. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { parseInstant } from "../../../../client/wire/instant.ts";
import type { Column, ColumnType, ExportRow } from "../../records.ts";
import type { PartWriter } from "./part-writer.ts";

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];

const rowsAtOnce = 5_000;

const elementTypes: Readonly<Record<ColumnType, Pick<SchemaElement, "type" | "converted_type">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "JSON" },
  timestamp: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
};

function toCell({ type }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return type === "timestamp" ? new Date(parseInstant(value)) : value;
}

export function createParquetWriter(columns: readonly Column[], write: (bytes: Uint8Array) => void): PartWriter {
  const buffer = new ByteWriter();
  // What a row group takes is given on when it is whole.
  const flush = () => {
    write(Buffer.from(buffer.buffer.slice(0, buffer.index)));
    buffer.index = 0;
  };
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...elementTypes[type], repetition_type: "OPTIONAL" as const })),
  ];
  const writer = new ParquetWriter({ writer: Object.assign(buffer, { flush, finish: flush }), schema });
  return {
    add(rows) {
      const columnData = columns.map((column) => ({
        name: column.name,
        data: rows.map((row) => toCell(column, row[column.name])),
      }));
      writer.write({ columnData, rowGroupSize: rows.length });
    },
    finish: () => void writer.finish(),
  };
}

export async function* readParquet(
  path: string,
  columns: readonly Column[],
): AsyncGenerator<ExportRow, void, undefined> {
  const instants = columns.filter(({ type }) => type === "timestamp").map(({ name }) => name);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const count = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < count; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(rowStart + rowsAtOnce, count);
    for (const row of await parquetReadObjects({ file, metadata, rowStart, rowEnd })) {
      for (const name of instants) if (row[name] instanceof Date) row[name] = row[name].toISOString();
      yield row;
    }
  }
}
