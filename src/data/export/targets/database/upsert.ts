/** Rows into a table, each in the place of the one with its key, and never in that of a later one: SQL says so, whoever else writes. */
import { type ExportRow, type ExportTable, readKey, readVersion } from "../../records.ts";
import type { SqlEngine } from "./engine.ts";
import { quoteName } from "./names.ts";
import { type TableColumn, versionColumn } from "./table-columns.ts";
import { packRows, toValue } from "./values.ts";

/** Of several rows with one key the latest, of those alike the last one, in the order of the keys: no two writers wait for each other. */
function keepLatest(table: ExportTable, rows: readonly ExportRow[]): ExportRow[] {
  const latest = new Map<string, ExportRow>();
  for (const row of rows) {
    const key = readKey(table, row);
    const before = latest.get(key);
    if (!before || readVersion(table.name, before) <= readVersion(table.name, row)) latest.set(key, row);
  }
  return [...latest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/** @returns how many rows were not there like this before */
export async function upsertRows(
  engine: SqlEngine,
  table: ExportTable,
  columns: ReadonlyMap<string, TableColumn>,
  rows: readonly ExportRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const all = [...columns.values()];
  const names = all.map(({ column }) => quoteName(column));
  const version = quoteName(versionColumn);
  const values = all.map(({ type }, index) => engine.fromUnpacked(`c${index}`, type));
  const others = names.filter((_, index) => all[index]?.field !== table.key);
  const key = quoteName((columns.get(table.key) as TableColumn).column);
  const differs = others.map((name) => `held.${name} IS DISTINCT FROM excluded.${name}`).join(" OR ");
  const packed = keepLatest(table, rows).map((row) => [
    ...all.map(({ field, type }) => toValue(type, Object.hasOwn(row, field) ? row[field] : null)),
    readVersion(table.name, row),
  ]);
  const { changed } = await engine.run(
    `INSERT INTO ${engine.quoteTable(table.name)} AS held (${[...names, version].join(", ")})
SELECT ${[...values, `c${all.length}`].join(", ")} FROM ${engine.unpack([...all.map(({ type }) => type), "number"])}
ON CONFLICT (${key}) DO UPDATE SET ${[...others, version].map((name) => `${name} = excluded.${name}`).join(", ")}
WHERE held.${version} < excluded.${version} OR (held.${version} = excluded.${version} AND (${differs}))`,
    packRows(packed, engine),
  );
  return changed;
}
