/** A person's rows and checkpoints taken out of a database. */
import { addForgotten, forgottenEntry } from "../../forget/forgotten.ts";
import {
  checkpointPrefix,
  type ExportedPerson,
  isCheckpointOf,
  type PurgedRows,
  purgeOrder,
} from "../../forget/purge.ts";
import { exportTables, type TableName } from "../../records.ts";
import type { SqlEngine } from "./engine.ts";
import { quoteName } from "./names.ts";
import { readColumns } from "./table-columns.ts";
import { packRows } from "./values.ts";

type Counts = Omit<PurgedRows, "isScrubbed">;

/** By which column a table tells whose a row is. */
const fields: Readonly<Record<TableName, string>> = { contacts: "id", conversations: "id", messages: "conversationId" };

/** In a transaction. @param state the quoted name of the table of checkpoints */
export async function purgeRows(
  engine: SqlEngine,
  state: string,
  person: ExportedPerson,
  dryRun: boolean,
): Promise<Counts> {
  const conversationIds = await findConversations(engine, person);
  const counts: Counts = { contacts: 0, conversations: 0, messages: 0 };
  for (const name of purgeOrder) {
    const ids = name === "contacts" ? person.contactIds : conversationIds;
    const column = (await readColumns(engine, exportTables[name])).get(fields[name])?.column;
    if (column !== undefined && ids.size > 0) counts[name] = await removeRows(engine, name, column, ids, dryRun);
  }
  if (!dryRun) await noteForgotten(engine, state, { ...person, conversationIds });
  return counts;
}

function pack(engine: SqlEngine, ids: Iterable<string>): string {
  return packRows(
    [...ids].map((id) => [id]),
    engine,
  );
}

function isIn(engine: SqlEngine, column: string): string {
  return `${quoteName(column)} IN (SELECT c0 FROM ${engine.unpack(["text"])})`;
}

/** Those that are known, and those that the export has of the contact. */
async function findConversations(engine: SqlEngine, person: ExportedPerson): Promise<Set<string>> {
  const { name } = exportTables.conversations;
  const columns = await readColumns(engine, exportTables.conversations);
  const [id, contactId] = [columns.get("id")?.column, columns.get("contactId")?.column];
  const ids = new Set(person.conversationIds);
  if (id === undefined || contactId === undefined || person.contactIds.size === 0) return ids;
  const { rows } = await engine.run(
    `SELECT ${quoteName(id)} AS id FROM ${engine.quoteTable(name)} WHERE ${isIn(engine, contactId)}`,
    pack(engine, person.contactIds),
  );
  for (const row of rows) if (row.id) ids.add(row.id);
  return ids;
}

async function removeRows(
  engine: SqlEngine,
  table: TableName,
  column: string,
  ids: ReadonlySet<string>,
  dryRun: boolean,
): Promise<number> {
  const what = `FROM ${engine.quoteTable(table)} WHERE ${isIn(engine, column)}`;
  if (!dryRun) return (await engine.run(`DELETE ${what}`, pack(engine, ids))).changed;
  const { rows } = await engine.run(`SELECT ${engine.toText("count(*)", "text")} AS found ${what}`, pack(engine, ids));
  return Number(rows[0]?.found ?? 0);
}

/** Their checkpoints go, and they do not come back by what OnSync still has. */
async function noteForgotten(engine: SqlEngine, state: string, person: ExportedPerson): Promise<void> {
  const { rows } = await engine.run(`SELECT name FROM ${state}`);
  const names = rows.map(({ name }) => name as string);
  const theirs = names.filter((name) => name.startsWith(checkpointPrefix) && isCheckpointOf(name, person));
  const removed = pack(engine, [...theirs, forgottenEntry]);
  const kept = await engine.run(
    `SELECT value FROM ${state} WHERE ${isIn(engine, "name")}`,
    pack(engine, [forgottenEntry]),
  );
  const value = addForgotten(kept.rows[0]?.value ?? null, person);
  await engine.run(`DELETE FROM ${state} WHERE ${isIn(engine, "name")}`, removed);
  await engine.run(
    `INSERT INTO ${state} (name, value) SELECT c0, c1 FROM ${engine.unpack(["text", "text"])}`,
    packRows([[forgottenEntry, value]], engine),
  );
}
