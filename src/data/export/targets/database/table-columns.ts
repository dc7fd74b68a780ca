/** Which column of a table a field is in, and of which type: noted beside the tables, in the transaction that makes them. */
import type { ColumnType, ExportTable } from "../../records.ts";
import { TargetError } from "../paths.ts";
import type { SqlEngine } from "./engine.ts";
import { chooseColumnName, quoteName } from "./names.ts";
import { packRows } from "./values.ts";

/** How far a row had come, so that no older one takes its place. */
export const versionColumn = "_onsync_version";
export const registryTable = "_onsync_columns";

export type TableColumn = { field: string; column: string; type: ColumnType };

export async function createRegistry(engine: SqlEngine): Promise<void> {
  const { byteOrderedText: text } = engine;
  await engine.run(
    `CREATE TABLE IF NOT EXISTS ${engine.quoteTable(registryTable)} (table_name ${text}, field ${text}, column_name ${text}, type ${text}, PRIMARY KEY (table_name, field))`,
  );
}

/** By field. Empty: there is no such table yet. */
export async function readColumns(engine: SqlEngine, table: ExportTable): Promise<Map<string, TableColumn>> {
  const { rows } = await engine.run(
    `SELECT field, column_name, type FROM ${engine.quoteTable(registryTable)} WHERE table_name = $1`,
    table.name,
  );
  return new Map(
    rows.map(({ field, column_name, type }) => {
      // As JSON has it: a name may have what no text of a database keeps.
      const name = JSON.parse(field as string) as string;
      return [name, { field: name, column: column_name as string, type: type as ColumnType }];
    }),
  );
}

/**
 * Brings the table to what the export has met so far.
 *
 * @param known of {@link readColumns}; not changed
 * @returns all its columns, by field
 * @throws TargetError where a field is of another type now, or the table is somebody else's, or ours and gone
 */
export async function extendTable(
  engine: SqlEngine,
  table: ExportTable,
  known: ReadonlyMap<string, TableColumn>,
): Promise<Map<string, TableColumn>> {
  const columns = new Map(known);
  const added: TableColumn[] = [];
  for (const { name: field, type } of table.columns) {
    const before = columns.get(field);
    if (before && before.type !== type) throw createChangedError(engine, table, before, type);
    if (before) continue;
    const names = [...columns.values()].map(({ column }) => column);
    const column = { field, column: chooseColumnName(field, names), type };
    columns.set(field, column);
    added.push(column);
  }
  if (known.size === 0) await createTable(engine, table, added);
  else for (const column of added) await addColumn(engine, table, column);
  if (added.length > 0) await noteColumns(engine, table, added);
  return columns;
}

function createChangedError(
  engine: SqlEngine,
  table: ExportTable,
  { column, type }: TableColumn,
  wanted: ColumnType,
): TargetError {
  const name = engine.quoteTable(table.name);
  return new TargetError(
    `The column ${quoteName(column)} of ${name} in ${engine.place} is of type ${engine.types[type]} (${type}), and its field is now of type ${engine.types[wanted]} (${wanted}): nothing was written. Rename the column (ALTER TABLE ${name} RENAME COLUMN ${quoteName(column)} TO …) and delete its row from ${engine.quoteTable(registryTable)}, or export to a new place.`,
  );
}

async function createTable(engine: SqlEngine, table: ExportTable, columns: readonly TableColumn[]): Promise<void> {
  if (await engine.hasTable(table.name))
    throw new TargetError(
      `There is a table ${engine.quoteTable(table.name)} in ${engine.place} that no export has made: it was left as it is. Export to a schema or a file of its own.`,
    );
  const definitions = columns.map(({ field, column, type }) =>
    field === table.key
      ? `${quoteName(column)} ${engine.byteOrderedText} PRIMARY KEY`
      : `${quoteName(column)} ${engine.types[type]}`,
  );
  definitions.push(`${quoteName(versionColumn)} ${engine.types.number} NOT NULL`);
  await engine.run(`CREATE TABLE ${engine.quoteTable(table.name)} (${definitions.join(", ")})`);
}

async function addColumn(engine: SqlEngine, table: ExportTable, { column, type }: TableColumn): Promise<void> {
  await engine.run(
    `ALTER TABLE ${engine.quoteTable(table.name)} ADD COLUMN ${quoteName(column)} ${engine.types[type]}`,
  );
}

async function noteColumns(engine: SqlEngine, table: ExportTable, columns: readonly TableColumn[]): Promise<void> {
  const rows = columns.map(({ field, column, type }) => [table.name, JSON.stringify(field), column, type]);
  await engine.run(
    `INSERT INTO ${engine.quoteTable(registryTable)} (table_name, field, column_name, type) SELECT c0, c1, c2, c3 FROM ${engine.unpack(["text", "text", "text", "text"])}`,
    packRows(rows, engine),
  );
}
