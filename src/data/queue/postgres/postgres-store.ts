/** Imports in Postgres, in a schema of their own: `onsync_imports`. */
import type { Pool } from "pg";
import { type Claim, ClaimLost, cutPieces, type ImportStore } from "../store.ts";

const journalWindow = 500;

/** Several workers may come to an empty database at once. */
const tables = `
SELECT pg_advisory_xact_lock(1867935602);
CREATE SCHEMA IF NOT EXISTS onsync_imports;
CREATE TABLE IF NOT EXISTS onsync_imports.imports (
  key text PRIMARY KEY, token integer NOT NULL DEFAULT 0, claims integer NOT NULL DEFAULT 0, state text
);
CREATE TABLE IF NOT EXISTS onsync_imports.journal (
  key text NOT NULL, position bigserial, entry bytea NOT NULL, PRIMARY KEY (key, position)
);
CREATE TABLE IF NOT EXISTS onsync_imports.files (
  key text NOT NULL, name text NOT NULL, piece integer NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (key, name, piece)
);
CREATE TABLE IF NOT EXISTS onsync_imports.admissions (name text NOT NULL, ticket text PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS admissions_name ON onsync_imports.admissions (name, at);
CREATE TABLE IF NOT EXISTS onsync_imports.notes (name text PRIMARY KEY, value text NOT NULL, expires_at timestamptz NOT NULL);
`;

/** @throws Error where the tables cannot be made */
export async function openPostgresStore(pool: Pool): Promise<ImportStore> {
  await pool.query(tables);
  return new PostgresStore(pool);
}

class PostgresStore implements ImportStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async claim(key: string): Promise<Claim> {
    const { rows } = await this.#pool.query(
      `INSERT INTO onsync_imports.imports AS i (key, token, claims) VALUES ($1, 1, 1)
       ON CONFLICT (key) DO UPDATE SET token = i.token + 1, claims = i.claims + 1 RETURNING token, claims - 1 AS fruitless`,
      [key],
    );
    return rows[0] as Claim;
  }

  async noteFruit(key: string, token: number): Promise<void> {
    await this.#change(key, token, "UPDATE onsync_imports.imports SET claims = 0 WHERE key = $1 AND token = $2");
  }

  /** The row is locked while it is written: a claim comes before or after. */
  async #change(key: string, token: number, text: string, ...more: unknown[]): Promise<void> {
    const { rowCount } = await this.#pool.query(text, [key, token, ...more]);
    if (rowCount !== 1) throw new ClaimLost();
  }

  async append(key: string, token: number, entry: Uint8Array): Promise<void> {
    await this.#change(
      ...[key, token],
      `WITH held AS (SELECT key FROM onsync_imports.imports WHERE key = $1 AND token = $2 FOR UPDATE)
       INSERT INTO onsync_imports.journal (key, entry) SELECT key, $3 FROM held`,
      Buffer.from(entry),
    );
  }

  async compact(key: string, token: number, entry: Uint8Array): Promise<void> {
    await this.#change(
      ...[key, token],
      `WITH held AS (SELECT key FROM onsync_imports.imports WHERE key = $1 AND token = $2 FOR UPDATE),
         gone AS (DELETE FROM onsync_imports.journal j USING held WHERE j.key = held.key)
       INSERT INTO onsync_imports.journal (key, entry) SELECT key, $3 FROM held`,
      Buffer.from(entry),
    );
  }

  async *readJournal(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    for (let after = "0"; ; ) {
      const { rows } = await this.#pool.query(
        "SELECT position, entry FROM onsync_imports.journal WHERE key = $1 AND position > $2 ORDER BY position LIMIT $3",
        [key, after, journalWindow],
      );
      for (const { entry } of rows) yield entry as Buffer;
      const last = rows.at(-1) as { position: string } | undefined;
      if (last === undefined) return;
      after = last.position;
    }
  }

  async readState(key: string): Promise<string | null> {
    const { rows } = await this.#pool.query("SELECT state FROM onsync_imports.imports WHERE key = $1", [key]);
    return (rows[0] as { state: string | null } | undefined)?.state ?? null;
  }

  async writeState(key: string, state: string, token: number | null): Promise<void> {
    if (token !== null)
      return this.#change(
        key,
        token,
        "UPDATE onsync_imports.imports SET state = $3 WHERE key = $1 AND token = $2",
        state,
      );
    await this.#pool.query(
      "INSERT INTO onsync_imports.imports (key, state) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET state = $2",
      [key, state],
    );
  }

  async putFile(key: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("DELETE FROM onsync_imports.files WHERE key = $1 AND name = $2", [key, name]);
      let number = 0;
      for await (const piece of cutPieces(pieces))
        await client.query("INSERT INTO onsync_imports.files VALUES ($1, $2, $3, $4)", [key, name, number++, piece]);
      await client.query("COMMIT");
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async *readFile(key: string, name: string): AsyncGenerator<Uint8Array, void, undefined> {
    for (let number = 0; ; number++) {
      const { rows } = await this.#pool.query(
        "SELECT bytes FROM onsync_imports.files WHERE key = $1 AND name = $2 AND piece = $3",
        [key, name, number],
      );
      if (rows.length === 0) return;
      yield (rows[0] as { bytes: Buffer }).bytes;
    }
  }

  async deleteFile(key: string, name: string): Promise<void> {
    await this.#pool.query("DELETE FROM onsync_imports.files WHERE key = $1 AND name = $2", [key, name]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
