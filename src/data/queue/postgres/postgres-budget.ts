/** The budget's tickets and notes in the same Postgres as the imports, by its own clock: of each org there is one count. */
import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { BudgetOptions } from "../../budget/budget.ts";

type BudgetLedger = BudgetOptions["ledger"];

/** Tickets older than this count for nothing, in milliseconds. */
const keepMs = 24 * 60 * 60 * 1000;

export function createPostgresBudget(pool: Pool): BudgetLedger {
  return {
    async admit(name, limits) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`onsync ${name}`]);
        const admission = await admit(client, name, limits);
        await client.query("COMMIT");
        client.release();
        return admission;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
    async release(name, ticket) {
      await pool.query("DELETE FROM onsync_imports.admissions WHERE name = $1 AND ticket = $2", [name, ticket]);
    },
    async note(name) {
      const { rows } = await pool.query(
        "SELECT value FROM onsync_imports.notes WHERE name = $1 AND expires_at > clock_timestamp()",
        [name],
      );
      return (rows[0] as { value: string } | undefined)?.value ?? null;
    },
    async setNote(name, value, { ttlMs }) {
      await pool.query(
        `INSERT INTO onsync_imports.notes VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        [name, value, ttlMs],
      );
      return true;
    },
  };
}

async function admit(
  client: Pick<Pool, "query">,
  name: string,
  limits: Parameters<BudgetLedger["admit"]>[1],
): ReturnType<BudgetLedger["admit"]> {
  const since = (ms: number) => [name, ms];
  await client.query(
    "DELETE FROM onsync_imports.admissions WHERE name = $1 AND at < clock_timestamp() - $2 * interval '1 millisecond'",
    since(keepMs),
  );
  for (const each of limits) {
    // How long until so many have left the window that there is room again.
    const { rows } = await client.query(
      `SELECT extract(epoch FROM at - clock_timestamp()) * 1000 + $2 AS "waitMs" FROM onsync_imports.admissions
       WHERE name = $1 AND at > clock_timestamp() - $2 * interval '1 millisecond' ORDER BY at DESC OFFSET $3 LIMIT 1`,
      [name, each.windowMs, each.limit - 1],
    );
    const [last] = rows as { waitMs: string }[];
    if (last) return { admitted: false, ...each, waitMs: Math.max(1, Math.ceil(Number(last.waitMs))) };
  }
  const ticket = randomUUID();
  await client.query("INSERT INTO onsync_imports.admissions VALUES ($1, $2, clock_timestamp())", [name, ticket]);
  return { admitted: true, ticket };
}
