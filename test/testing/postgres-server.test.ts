/** The Postgres that tests and torture start for themselves. */
import { describe, expect, test } from "@jest/globals";
import pg from "pg";
import { skipped, startPostgres } from "../../testing/postgres-server.ts";

async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

(skipped ? describe.skip : describe)(skipped ?? "a Postgres of the test's own", () => {
  test("lets in who has its password, nobody else, and keeps what it had when it is killed", async () => {
    const server = await startPostgres();
    try {
      const url = await server.createDatabase("rows");
      await ask(url, "CREATE TABLE rows AS SELECT 1 AS number");
      await expect(ask(url.replace(server.password, "wrong"), "SELECT 1")).rejects.toThrow(/password/);
      await server.restart();
      expect(await ask(url, "SELECT number FROM rows")).toEqual([{ number: 1 }]);
    } finally {
      await server.close();
    }
  }, 60_000);
});
