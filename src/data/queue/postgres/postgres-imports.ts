/** Imports that workers share by one Postgres, with the count of their orgs' requests. */
import type { Pool } from "pg";
import type { RedisLogger } from "../../../redis.ts";
import { importOptional } from "../../../webhooks/sinks/optional.ts";
import type { SharedImports } from "../queue.ts";
import { openBossQueue } from "./pg-boss-queue.ts";
import { createPostgresBudget } from "./postgres-budget.ts";
import { openPostgresStore } from "./postgres-store.ts";

const maxConnections = 8;
const connectionTimeoutMillis = 10_000;

/** @throws Error with a sentence, without the URL: it may have a password */
export async function openPostgresImports(url: string, log: RedisLogger): Promise<SharedImports> {
  const { default: pg } = await importOptional("pg", "--queue postgres://…", () => import("pg"));
  const onError = ({ message, name }: Error) => log("warn", "Postgres is away", { reason: message || name });
  const pool = new pg.Pool({
    ...{ connectionString: url, max: maxConnections, connectionTimeoutMillis, application_name: "onsync imports" },
  });
  // A connection that nobody uses is made anew when it is needed.
  pool.on("error", onError);
  return openWith(pool, url, onError).catch(async (error) => {
    await pool.end().catch(() => {});
    throw describeFailure(url, error);
  });
}

async function openWith(pool: Pool, url: string, onError: (error: Error) => void): Promise<SharedImports> {
  const store = await openPostgresStore(pool);
  const queue = await openBossQueue(url, onError);
  const close = async () => {
    await queue.close();
    await store.close();
  };
  return { store, queue, ledger: createPostgresBudget(pool), close };
}

function describeFailure(url: string, error: Error & { code?: string }): Error {
  // What is to be installed is said already.
  if (error.message.includes("npm install")) return error;
  const { hostname, port } = new URL(url);
  const reason = (error.message || error.code || "it does not answer").replace(/\.$/, "");
  return new Error(
    `There is no Postgres to work with at ${hostname}${port && `:${port}`}: ${reason}. Check the address, the user, the password (PGPASSWORD keeps it out of the command) and that it runs.`,
  );
}
