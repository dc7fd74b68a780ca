/** An export into Postgres. The connection is pg's own: its URL's options, its PG… variables, its `.pgpass`. */
import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { importOptional } from "../../../webhooks/sinks/optional.ts";
import type { PurgeableTarget } from "../forget/purge.ts";
import type { ColumnType } from "../records.ts";
import { openDatabaseTarget } from "./database/database-target.ts";
import { createEngineError, type SqlEngine, type SqlRow } from "./database/engine.ts";
import { quoteName } from "./database/names.ts";
import { TargetError } from "./paths.ts";

export type PostgresTargetOptions = {
  /**
   * `postgres://[user[:password]@]host[:port]/database`, with pg's options (`sslmode`, `sslrootcert`, …) and `schema`: where the
   * tables are. Without it they are in the first schema of the search path.
   */
  url: string;
  /** How long it is waited for another export into this schema to end, in milliseconds. */
  lockWaitMs?: number | undefined;
};

const defaultLockWaitMs = 5_000;
const connectionTimeoutMs = 10_000;
/** "OnEx": the advisory locks of exports, apart from those of other programs. */
const lockClass = 0x4f6e4578;
const ownerTable = "_onsync_owner";

const types: Record<ColumnType, string> = {
  text: "text",
  number: "double precision",
  boolean: "boolean",
  timestamp: "timestamptz",
  json: "jsonb",
};

/** Those of SQLSTATE that there is advice for. */
const noRight = "42501";
const lockNotAvailable = "55P03";

/** @throws Error with a sentence, without the URL: it may have a password */
export async function openPostgresTarget(options: PostgresTargetOptions): Promise<PurgeableTarget> {
  const client = await connect(options.url);
  // Between two statements nobody waits for it; the next one fails.
  client.on("error", () => {});
  const place = describePlace(client);
  try {
    return await openDatabaseTarget(await openEngine(client, place, options));
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function connect(url: string): Promise<Client> {
  const { default: pg } = await importOptional("pg", "An export into Postgres", () => import("pg"));
  const client = createClient(pg.Client, url);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw new TargetError(
      `There is no Postgres to work with at ${describePlace(client)}: ${readReason(error)}. Check the address, the user, the password (PGPASSWORD or ~/.pgpass keeps it out of the command) and that it runs.`,
    );
  }
}

function createClient(PgClient: typeof Client, url: string): Client {
  try {
    return new PgClient({
      connectionString: url,
      connectionTimeoutMillis: connectionTimeoutMs,
      keepAlive: true,
      application_name: "onsync export",
    });
  } catch {
    // What is thrown repeats the URL, and with it the password.
    throw new TargetError(
      "This is no URL of a Postgres: give it as postgres://user@host:5432/database, with / ? # @ and : of a name or password written as %2F %3F %23 %40 and %3A.",
    );
  }
}

/** From what pg has understood of the URL, which has the password no more. */
function describePlace({ host, port, database = "" }: Client): string {
  return `postgres://${host}:${port}/${encodeURIComponent(database)}`;
}

function readReason(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  // What fails on several addresses has no message of its own.
  return (message || code || String(error)).replace(/\.$/, "");
}

function findSchema(url: string): string | null {
  const query = url.slice(url.indexOf("?") + 1);
  return url.includes("?") ? new URLSearchParams(query).get("schema") : null;
}

async function openEngine(client: Client, place: string, options: PostgresTargetOptions): Promise<SqlEngine> {
  const run = createRun(client, place);
  const schema = await prepareSchema(run, place, findSchema(options.url));
  await lockSchema(run, place, schema, options.lockWaitMs ?? defaultLockWaitMs);
  const quoteTable = (name: string) => `${quoteName(schema)}.${quoteName(name)}`;
  const owner = quoteTable(ownerTable);
  const token = await takeOwnership(run, owner);
  return {
    place,
    types,
    byteOrderedText: 'text COLLATE "C"',
    quoteTable,
    keepsZeroBytes: false,
    unpack(columns) {
      const definitions = columns.map((type, index) => `c${index} ${type === "timestamp" ? "bigint" : types[type]}`);
      return `json_to_recordset($1::json) AS given(${definitions.join(", ")})`;
    },
    fromUnpacked: (name, type) =>
      type === "timestamp" ? `timestamptz 'epoch' + ${name} * interval '1 microsecond'` : name,
    toText: (expression, type) =>
      type === "timestamp" ? `(extract(epoch FROM ${expression}) * 1000000)::bigint::text` : `(${expression})::text`,
    async hasTable(name) {
      const { rows } = await run(
        "SELECT 'there' AS table FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relname = $2",
        schema,
        name,
      );
      return rows.length > 0;
    },
    run,
    async begin() {
      await run("BEGIN ISOLATION LEVEL READ COMMITTED");
      // A lock ends with its connection, or with the one that a pooler has lent: who holds it is written down, too.
      const { rows } = await run(`SELECT token FROM ${owner} FOR UPDATE`);
      if (rows[0]?.token === token) return;
      await run("ROLLBACK");
      throw createInUseError(place, schema);
    },
    async scrub(tables) {
      try {
        for (const table of tables) await run(`VACUUM FULL ${table}`);
        return true;
      } catch {
        return false;
      }
    },
    close: () => client.end(),
  };
}

function createRun(client: Client, place: string): SqlEngine["run"] {
  return async (sql, ...parameters) => {
    try {
      const { rows, rowCount } = await client.query<SqlRow>(sql, parameters);
      return { rows, changed: rowCount ?? 0 };
    } catch (error) {
      const { code } = error as { code?: string };
      // Its details may repeat a row: they are left out.
      throw Object.assign(createEngineError(`Postgres at ${place} did not do it: ${readReason(error)}.`), { code });
    }
  };
}

async function prepareSchema(run: SqlEngine["run"], place: string, wanted: string | null): Promise<string> {
  if (wanted === null) {
    const { rows } = await run("SELECT current_schema()::text AS name");
    const name = rows[0]?.name;
    if (name) return name;
    throw new TargetError(
      `No schema of the search path is there in ${place}: name one in the URL, as in ?schema=onsync, which is made where there is none.`,
    );
  }
  if (wanted === "" || wanted.includes("\0") || Buffer.byteLength(wanted) > 63)
    throw new TargetError("?schema= must have the name of a schema, of at most 63 bytes.");
  const { rows } = await run("SELECT nspname::text AS name FROM pg_namespace WHERE nspname = $1", wanted);
  // Where it is there, nobody has to be allowed to make it.
  if (rows.length === 0) await run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(wanted)}`);
  return wanted;
}

async function lockSchema(run: SqlEngine["run"], place: string, schema: string, waitMs: number): Promise<void> {
  try {
    await run("SELECT set_config('lock_timeout', $1, false)", String(Math.max(1, Math.trunc(waitMs))));
    await run("SELECT pg_advisory_lock($1::int, hashtext($2))", String(lockClass), schema);
    await run("SELECT set_config('lock_timeout', '0', false)");
  } catch (error) {
    throw (error as { code?: string }).code === lockNotAvailable ? createInUseError(place, schema) : error;
  }
}

/** @returns what shows that the schema is ours */
async function takeOwnership(run: SqlEngine["run"], owner: string): Promise<string> {
  const token = randomUUID();
  try {
    await run(
      `CREATE TABLE IF NOT EXISTS ${owner} (is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), token text)`,
    );
    await run(
      `INSERT INTO ${owner} (token) VALUES ($1) ON CONFLICT (is_only) DO UPDATE SET token = excluded.token`,
      token,
    );
    return token;
  } catch (error) {
    if ((error as { code?: string }).code !== noRight) throw error;
    throw new TargetError(
      `${(error as Error).message} Let the user make tables there (GRANT USAGE, CREATE ON SCHEMA …), or name a schema of its own in the URL, as in ?schema=onsync.`,
    );
  }
}

function createInUseError(place: string, schema: string): Error {
  return new TargetError(
    `Another export writes into the schema ${quoteName(schema)} of ${place}: wait until it has ended or stop it, or name another schema in the URL, as in ?schema=onsync.`,
  );
}
