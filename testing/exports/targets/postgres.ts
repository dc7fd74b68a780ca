/** A database of a Postgres that a test started, read by its own driver. */
import pg from "pg";
import type { PostgresServer } from "../../postgres-server.ts";
import type { TableName } from "../inbox/inbox.ts";
import type { TargetRow } from "../judge/judge.ts";
import type { ReadableTarget } from "./target.ts";

async function readTable(client: pg.Client, table: TableName): Promise<TargetRow[]> {
  const found = await client.query<{ place: string }>(
    "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS place FROM information_schema.tables WHERE table_name = $1",
    [table],
  );
  if (found.rows.length > 1) throw new Error(`there are several tables ${table}`);
  const place = found.rows[0]?.place;
  return place === undefined ? [] : (await client.query<TargetRow>(`SELECT * FROM ${place}`)).rows;
}

export async function openPostgres(server: PostgresServer, database: string): Promise<ReadableTarget> {
  const connectionString = await server.createDatabase(database);
  return {
    ...{ format: "postgres", args: ["--to", connectionString], inspect: () => [] },
    secrets: { "database's password": server.password },
    async read(table) {
      const client = new pg.Client({ connectionString });
      client.on("error", () => {});
      await client.connect();
      try {
        return await readTable(client, table);
      } finally {
        await client.end();
      }
    },
  };
}
