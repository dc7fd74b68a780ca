/** The state of a sync in the database of its table: on the same connection, so that one transaction has both. */
import type { ClientBase } from "pg";
import { FileError } from "../../rows/row.ts";
import type { ContactRecord, StateStore } from "../state.ts";

const stateTables = `
CREATE TABLE IF NOT EXISTS _onsync_sync_facts (sync text, name text, value text NOT NULL, PRIMARY KEY (sync, name));
CREATE TABLE IF NOT EXISTS _onsync_sync_contacts (sync text, id text, record text NOT NULL, PRIMARY KEY (sync, id))`;

/** @throws FileError where another sync of the table is under way */
export async function openPostgresState(client: ClientBase, table: string): Promise<StateStore> {
  const { rows } = await client.query<{ free: boolean }>(
    "SELECT pg_try_advisory_lock(hashtextextended('onsync sync ' || $1, 0)) AS free",
    [table],
  );
  if (!rows[0]?.free) throw new FileError(`Another sync of ${table} is under way: wait until that has ended.`);
  return {
    async load() {
      const there = await client.query<{ is: boolean }>("SELECT to_regclass('_onsync_sync_facts') IS NOT NULL AS is");
      if (!there.rows[0]?.is) return { facts: new Map(), records: [] };
      const facts = await client.query<{ name: string; value: string }>(
        "SELECT name, value FROM _onsync_sync_facts WHERE sync = $1",
        [table],
      );
      const contacts = await client.query<{ record: string }>(
        "SELECT record FROM _onsync_sync_contacts WHERE sync = $1",
        [table],
      );
      return {
        facts: new Map(facts.rows.map(({ name, value }) => [name, value])),
        records: contacts.rows.map(({ record }) => JSON.parse(record) as ContactRecord),
      };
    },
    async save(facts, records) {
      await client.query(stateTables);
      await client.query(
        `WITH facts AS (
           INSERT INTO _onsync_sync_facts SELECT $1, name, value FROM unnest($2::text[], $3::text[]) AS new (name, value)
           ON CONFLICT (sync, name) DO UPDATE SET value = excluded.value)
         INSERT INTO _onsync_sync_contacts SELECT $1, id, record FROM unnest($4::text[], $5::text[]) AS new (id, record)
         ON CONFLICT (sync, id) DO UPDATE SET record = excluded.record`,
        [
          table,
          [...facts.keys()],
          [...facts.values()],
          records.map(({ id }) => id),
          records.map((record) => JSON.stringify(record)),
        ],
      );
    },
    close: async () => {},
  };
}
