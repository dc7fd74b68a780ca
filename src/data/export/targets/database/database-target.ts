/** An export into a database: rows, the columns that came with them, and how far the export has come, in one transaction. */
import { type ExportedPerson, type PurgeableTarget, type PurgedRows, purgeOrder } from "../../forget/purge.ts";
import type { ExportRow, ExportTable } from "../../records.ts";
import { TargetError } from "../paths.ts";
import type { Batch, StateChanges } from "../target.ts";
import type { SqlEngine } from "./engine.ts";
import { quoteName } from "./names.ts";
import { purgeRows } from "./purge.ts";
import { createRegistry, extendTable, readColumns, registryTable, type TableColumn } from "./table-columns.ts";
import { upsertRows } from "./upsert.ts";
import { packRows, toRecord } from "./values.ts";

const stateTable = "_onsync_state";

export async function openDatabaseTarget(engine: SqlEngine): Promise<PurgeableTarget> {
  const { byteOrderedText: text } = engine;
  try {
    await transact(engine, async () => {
      await engine.run(
        `CREATE TABLE IF NOT EXISTS ${engine.quoteTable(stateTable)} (name ${text} PRIMARY KEY, value ${text} NOT NULL)`,
      );
      await createRegistry(engine);
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new DatabaseTarget(engine);
}

async function transact<Result>(engine: SqlEngine, work: () => Promise<Result>): Promise<Result> {
  await engine.begin();
  try {
    const result = await work();
    await engine.run("COMMIT");
    return result;
  } catch (error) {
    // A connection that is lost has rolled back by itself.
    await engine.run("ROLLBACK").catch(() => {});
    throw error;
  }
}

class DatabaseTarget implements PurgeableTarget {
  readonly #engine: SqlEngine;
  readonly #state: string;
  /** Of each table, as it was committed. */
  readonly #columns = new Map<string, Map<string, TableColumn>>();
  /** One connection does one thing at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(engine: SqlEngine) {
    this.#engine = engine;
    this.#state = engine.quoteTable(stateTable);
  }

  readState(name: string): Promise<string | null> {
    return this.#enqueue(async () => {
      const { rows } = await this.#engine.run(
        `SELECT value FROM ${this.#state} WHERE name IN (${this.#unpackNames()})`,
        this.#packNames([name]),
      );
      return rows[0]?.value ?? null;
    });
  }

  listState(prefix: string, after: string | null, limit: number) {
    return this.#enqueue(async () => {
      const { rows } = await this.#engine.run(
        `SELECT name, value FROM ${this.#state}, ${this.#engine.unpack(["text", "text"])}
WHERE name >= c0 AND left(name, length(c0)) = c0 AND (c1 IS NULL OR name > c1) ORDER BY name LIMIT ${Math.trunc(limit)}`,
        packRows([[prefix, after]], this.#engine),
      );
      return rows.map(({ name, value }) => ({ name: name as string, value: value as string }));
    });
  }

  commit(batches: readonly Batch[], changes: StateChanges): Promise<number> {
    return this.#enqueue(async () => {
      const extended = new Map<string, Map<string, TableColumn>>();
      const changed = await transact(this.#engine, async () => {
        let count = 0;
        for (const { table, rows } of mergeBatches(batches)) {
          const columns = await extendTable(this.#engine, table, await this.#findColumns(table));
          extended.set(table.name, columns);
          count += await upsertRows(this.#engine, table, columns, rows);
        }
        await this.#changeState(changes);
        return count;
      });
      // What was rolled back is not there.
      for (const [name, columns] of extended) this.#columns.set(name, columns);
      return changed;
    });
  }

  /** What was committed can be read since. */
  async finish(): Promise<void> {}

  read(table: ExportTable, keys: readonly string[]): Promise<ExportRow[]> {
    return this.#enqueue(async () => {
      const columns = [...(await this.#findColumns(table)).values()];
      const key = columns.find(({ field }) => field === table.key);
      if (!key) return [];
      const selected = columns.map(
        ({ column, type }, index) => `${this.#engine.toText(quoteName(column), type)} AS c${index}`,
      );
      const { rows } = await this.#engine.run(
        `SELECT ${selected.join(", ")} FROM ${this.#engine.quoteTable(table.name)} WHERE ${quoteName(key.column)} IN (${this.#unpackNames()})`,
        this.#packNames(keys),
      );
      return rows.map((row) =>
        toRecord(columns.map(({ field, type }, index) => ({ field, type, text: row[`c${index}`] ?? null }))),
      );
    });
  }

  count(table: ExportTable): Promise<number> {
    return this.#enqueue(async () => {
      if ((await this.#findColumns(table)).size === 0) return 0;
      const count = this.#engine.toText("count(*)", "text");
      const { rows } = await this.#engine.run(`SELECT ${count} AS rows FROM ${this.#engine.quoteTable(table.name)}`);
      return Number(rows[0]?.rows ?? 0);
    });
  }

  purge(person: ExportedPerson, dryRun: boolean): Promise<PurgedRows> {
    return this.#enqueue(async () => {
      const counts = await transact(this.#engine, () => purgeRows(this.#engine, this.#state, person, dryRun));
      if (dryRun) return { ...counts, isScrubbed: true };
      const touched = purgeOrder.filter((name) => counts[name] > 0).map((name) => this.#engine.quoteTable(name));
      return { ...counts, isScrubbed: await this.#engine.scrub([...touched, this.#state]) };
    });
  }

  close(): Promise<void> {
    return this.#enqueue(() => this.#engine.close());
  }

  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #findColumns(table: ExportTable): Promise<Map<string, TableColumn>> {
    const known = this.#columns.get(table.name);
    if (known) return known;
    const columns = await readColumns(this.#engine, table);
    if (columns.size > 0 && !(await this.#engine.hasTable(table.name)))
      throw new TargetError(
        `The table ${this.#engine.quoteTable(table.name)} is gone from ${this.#engine.place}, and what is noted beside it says how far it had come. To export all of it again, drop ${this.#state} and ${this.#engine.quoteTable(registryTable)}, too.`,
      );
    return columns;
  }

  #unpackNames(): string {
    return `SELECT c0 FROM ${this.#engine.unpack(["text"])}`;
  }

  #packNames(names: readonly string[]): string {
    return packRows(
      names.map((name) => [name]),
      this.#engine,
    );
  }

  async #changeState(changes: StateChanges): Promise<void> {
    const kept = [...changes].filter(([, value]) => value !== null);
    const removed = [...changes].filter(([, value]) => value === null).map(([name]) => name);
    if (kept.length > 0)
      await this.#engine.run(
        `INSERT INTO ${this.#state} (name, value) SELECT c0, c1 FROM ${this.#engine.unpack(["text", "text"])}
ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        packRows(kept, this.#engine),
      );
    if (removed.length > 0)
      await this.#engine.run(
        `DELETE FROM ${this.#state} WHERE name IN (${this.#unpackNames()})`,
        this.#packNames(removed),
      );
  }
}

/** One for each table: a row that is written twice in one transaction is more than every database takes. */
function mergeBatches(batches: readonly Batch[]): Batch[] {
  const merged = new Map<string, Batch>();
  for (const { table, rows } of batches) {
    const before = merged.get(table.name);
    merged.set(table.name, before ? { table, rows: [...before.rows, ...rows] } : { table, rows });
  }
  return [...merged.values()];
}
