/** A CRM's records in a table of Postgres. What is written, and the state of the sync, become visible together. */
import type { Client, ClientBase } from "pg";
import { importOptional } from "../../../webhooks/sinks/optional.ts";
import { readTags } from "../../contacts/read-contact.ts";
import { type Cell, FileError } from "../../rows/row.ts";
import type { StateStore } from "../state.ts";
import type { Cells, CrmChanges, CrmSnapshot, CrmStore, Taken, Written } from "./crm.ts";
import { openPostgresState } from "./postgres-state.ts";

export type CrmTableOptions = {
  /** A table, or schema.table. */
  table: string;
  /** The column by which a row is known. Default: the table's primary key. */
  key?: string | undefined;
};

/** One table, on one connection, which the state shares. */
export type CrmTable = { crm: CrmStore; state: StateStore; close(): Promise<void> };

const connectionTimeoutMs = 10_000;

/** Of types that have a plain value in JavaScript; everything else stays the text that Postgres writes. */
const parsedTypes = new Set([16, 21, 23, 700, 701, 1009, 1015]);

/** @throws FileError that says what is missing */
export async function openCrmTable(url: string, { table, key }: CrmTableOptions): Promise<CrmTable> {
  const client = await connect(url);
  try {
    const quoted = table.split(".").map(quoteName).join(".");
    const { columns, keys, lists } = await readColumns(client, table, quoted);
    const keyName = key ?? (keys.length === 1 ? keys[0] : undefined);
    const keyColumn = keyName === undefined ? -1 : columns.indexOf(keyName);
    if (keyName === undefined || keyColumn === -1)
      throw new FileError(
        keyName === undefined
          ? `The table ${table} has no primary key of one column: say with --key which column tells its rows apart.`
          : `The table ${table} has no column ${JSON.stringify(keyName)}.`,
      );
    const names: Table = { client, quoted, columns: columns.map(quoteName), key: quoteName(keyName), lists };
    const crm: CrmStore = {
      ...{ name: table, description: "a table of Postgres", columns, keyColumn, isSpreadsheet: false },
      read: () => readTable(names),
      write: (snapshot, changes, settle) => writeTable(names, snapshot, changes, settle),
    };
    return { crm, state: await openPostgresState(client, table), close: () => client.end() };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function connect(url: string): Promise<Client> {
  const { default: pg } = await importOptional("pg", "A sync with Postgres", () => import("pg"));
  const client = createClient(pg.Client, url);
  // A connection that ends between two queries is told by the next one.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new FileError(
      `There is no Postgres to work with: ${message || code}. Check the address, the user, the password (PGPASSWORD or ~/.pgpass keeps it out of the command) and that it runs.`,
      null,
      error,
    );
  }
  return client;
}

function createClient(PgClient: typeof Client, url: string): Client {
  try {
    return new PgClient({
      connectionString: url,
      connectionTimeoutMillis: connectionTimeoutMs,
      application_name: "onsync sync",
    });
  } catch {
    // What is thrown repeats the URL, and with it the password.
    throw new FileError("This is no URL of a Postgres: give it as postgres://user@host:5432/database.");
  }
}

/** A name is a name, whatever stands in it. */
function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function readColumns(client: ClientBase, table: string, quoted: string) {
  const { rows } = await client
    .query<{ name: string; is_key: boolean; is_list: boolean }>(
      `SELECT a.attname AS name, coalesce(a.attnum = ANY (i.indkey), false) AS is_key,
         t.typcategory = 'A' AS is_list
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
       WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
      [quoted],
    )
    .catch((error: Error) => {
      throw new FileError(`The table ${table} cannot be read: ${error.message}.`, null, error);
    });
  return {
    columns: rows.map(({ name }) => name),
    keys: rows.flatMap(({ name, is_key }) => (is_key ? [name] : [])),
    lists: new Set(rows.flatMap(({ is_list }, index) => (is_list ? [index] : []))),
  };
}

/** Names are quoted. */
type Table = {
  client: ClientBase;
  quoted: string;
  columns: readonly string[];
  key: string;
  lists: ReadonlySet<number>;
};

type TableSnapshot = CrmSnapshot & { versions: readonly string[] };

/** With the version of each row first, as Postgres counts them. */
async function queryRows({ client, columns, key }: Table, text: string, values: unknown[] = []) {
  const { default: pg } = await import("pg");
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      parsedTypes.has(oid) ? pg.types.getTypeParser(oid, format as "text") : (value: string) => value,
  };
  const { rows } = await client.query<unknown[]>({ text, values, rowMode: "array", types: types as never });
  const keyColumn = columns.indexOf(key);
  return rows.map(([version, ...all]) => {
    const cells = all.map(toCell);
    const value = cells[keyColumn] ?? null;
    return { version: String(version), cells, key: value === null ? null : String(value) };
  });
}

async function readTable(table: Table): Promise<TableSnapshot> {
  const { quoted, columns, key } = table;
  const read = await queryRows(table, `SELECT xmin::text, ${columns.join(", ")} FROM ${quoted} ORDER BY ${key}`);
  return {
    version: "",
    versions: read.map(({ version }) => version),
    rows: read.map(({ cells, key: value }, index) => ({ line: index + 1, cells, key: value })),
  };
}

function toCell(value: unknown): Cell {
  if (Array.isArray(value)) return value.map(String);
  return (typeof value === "string" ? value.trim() || null : (value ?? null)) as Cell;
}

async function writeTable(
  table: Table,
  snapshot: CrmSnapshot,
  changes: CrmChanges,
  settle: (written: Written) => Promise<void>,
): Promise<Written | null> {
  const { client } = table;
  await client.query("BEGIN");
  try {
    const written = await writeRows(table, snapshot as TableSnapshot, changes);
    if (written !== null) await settle(written);
    await client.query(written === null ? "ROLLBACK" : "COMMIT");
    return written;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function writeRows(
  table: Table,
  { rows, versions }: TableSnapshot,
  { edits, inserts }: CrmChanges,
): Promise<Written | null> {
  const { quoted, columns, key } = table;
  const returned = `RETURNING xmin::text, ${columns.join(", ")}`;
  const written = { edits: new Map<number, Taken>(), inserts: [] as Taken[] };
  for (const [row, cells] of edits) {
    const set = [...cells.keys()].map((column, index) => `${columns[column]} = $${index + 3}`).join(", ");
    // The row's own version: whoever has changed it meanwhile loses nothing.
    const text = `UPDATE ${quoted} SET ${set} WHERE ${key} = $1 AND xmin::text = $2 ${returned}`;
    const taken = await attempt(table, text, [rows[row]?.key, versions[row], ...toValues(table, cells)]);
    if (taken === null) return null;
    written.edits.set(row, taken);
  }
  for (const cells of inserts) {
    const listed = [...cells.keys()].map((column) => columns[column]).join(", ");
    const values = [...cells.keys()].map((_, at) => `$${at + 1}`).join(", ");
    const text = `INSERT INTO ${quoted} (${listed}) VALUES (${values}) ${returned}`;
    const taken = await attempt(table, text, toValues(table, cells));
    written.inserts.push(taken ?? { problem: "a rule of the table left it out" });
  }
  return written;
}

/** A column of lists takes a list. */
function toValues({ lists }: Table, cells: Cells): unknown[] {
  return [...cells].map(([column, cell]) => (lists.has(column) && typeof cell === "string" ? readTags(cell) : cell));
}

/** One row that the table does not take keeps none of the others from being written. @returns `null`: there is no such row */
async function attempt(table: Table, text: string, values: unknown[]): Promise<Taken | null> {
  const { client } = table;
  await client.query("SAVEPOINT one");
  try {
    const [row] = await queryRows(table, text, values);
    await client.query("RELEASE one");
    return row ?? null;
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    // Of data and of rules (classes 22 and 23) the row is the reason; of anything else it is not.
    if (!/^2[23]/.test(code)) throw error;
    await client.query("ROLLBACK TO one");
    return { problem: message };
  }
}
