/** Each database that an export goes to, a real one, with a place of its own for each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe } from "@jest/globals";
import pg from "pg";
import type { PurgeableTarget } from "../../../../../src/data/export/forget/purge.ts";
import { type ExportRow, type ExportTable, exportTables } from "../../../../../src/data/export/records.ts";
import { openDuckDbTarget } from "../../../../../src/data/export/targets/duckdb.ts";
import { openPostgresTarget } from "../../../../../src/data/export/targets/postgres.ts";
import type { ExportTarget } from "../../../../../src/data/export/targets/target.ts";
import { type PostgresServer, skipped, startPostgres } from "../../../../../testing/postgres-server.ts";

export type Rows = Record<string, unknown>[];

/** Somewhere to export to, that nothing else uses. */
export type Place = {
  open(): Promise<PurgeableTarget>;
  /** What somebody else's statement gives. */
  query(sql: string): Promise<Rows>;
};

export async function queryPostgres(url: string, sql: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function queryDuckDb(file: string, sql: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Describes what is tested on a real Postgres; skipped, with the reason, where there is none. */
export function describeOnPostgres(tests: (createDatabase: () => Promise<string>) => void): void {
  (skipped ? describe.skip : describe)(skipped ?? "on a real Postgres", () => {
    let server: PostgresServer;
    let databases = 0;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.close());
    tests(() => {
      databases += 1;
      return server.createDatabase(`trial${databases}`);
    });
  });
}

/** Describes what is tested on files of DuckDB. */
export function describeOnDuckDb(tests: (createFile: () => string) => void): void {
  describe("on a file of DuckDB", () => {
    let folder: string;
    let files = 0;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "onsync-duckdb-"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    tests(() => {
      files += 1;
      return join(folder, `trial${files}.duckdb`);
    });
  });
}

/** The same tests on each. */
export function describeOnDatabases(tests: (createPlace: () => Promise<Place>) => void): void {
  describeOnDuckDb((createFile) =>
    tests(async () => {
      const file = createFile();
      return { open: () => openDuckDbTarget({ file }), query: (sql) => queryDuckDb(file, sql) };
    }),
  );
  describeOnPostgres((createDatabase) =>
    tests(async () => {
      const url = await createDatabase();
      return { open: () => openPostgresTarget({ url }), query: (sql) => queryPostgres(url, sql) };
    }),
  );
}

/** A row of a message. */
export function message(id: string, more: ExportRow = {}): ExportRow {
  const createdAt = "2024-12-01T10:59:10.000Z";
  const fields = { conversationId: "whatsapp:+971500000000", type: "text", direction: "outbound", status: "sent" };
  return { id, ...fields, createdAt, ...more };
}

/** The table with columns that an export has met besides those of the schema. */
export function withColumns(columns: Record<string, "text" | "number" | "json">): ExportTable {
  return {
    ...exportTables.messages,
    columns: [...exportTables.messages.columns, ...Object.entries(columns).map(([name, type]) => ({ name, type }))],
  };
}

/** Closed at the end, whatever comes of it. */
export async function withTarget<Result>(target: ExportTarget, work: (target: ExportTarget) => Promise<Result>) {
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}
