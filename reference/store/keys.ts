/** API keys: their SHA-256 only. */

import type { Scope } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import type { Database } from "./database.ts";

export type Key = {
  id: string;
  orgId: string;
  prefix: string;
  scopes: Scope[];
  createdAt: number;
  revokedAt: number | null;
  /** What it is for, as whoever made it says. */
  label: string | null;
  lastUsedAt: number | null;
};

type KeyRow = {
  id: string;
  org_id: string;
  prefix: string;
  scopes: string;
  created_at: number;
  revoked_at: number | null;
  label: string | null;
  last_used_at: number | null;
};

function toKey(row: KeyRow): Key {
  return {
    id: row.id,
    orgId: row.org_id,
    prefix: row.prefix,
    scopes: parseKeptJson<Scope[]>(row.scopes),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    label: row.label,
    lastUsedAt: row.last_used_at,
  };
}

export function createKeysTable({ sql, remember, forget }: Database) {
  // A known key that is admitted again (a restart on the same file) takes the scopes of now. Revoked, it stays revoked:
  // the command line that named it before says nothing new.
  const save = sql.prepare(
    `INSERT INTO keys (id, org_id, hash, prefix, scopes, created_at, label) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (hash) DO UPDATE SET org_id = excluded.org_id, scopes = excluded.scopes
     RETURNING *`,
  );
  const byHash = sql.prepare("SELECT * FROM keys WHERE hash = ?");
  const byId = sql.prepare("SELECT * FROM keys WHERE id = ?");
  const byOrg = sql.prepare("SELECT * FROM keys WHERE org_id = ? ORDER BY created_at DESC, id DESC");
  const remove = sql.prepare("DELETE FROM keys WHERE hash = ? AND revoked_at IS NULL");
  const revoke = sql.prepare("UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? RETURNING *");

  const setLastUsed = sql.prepare("UPDATE keys SET last_used_at = ? WHERE id = ?");

  return {
    save: (key: Omit<Key, "revokedAt" | "lastUsedAt">, hash: string): Key => {
      const { id, orgId, prefix, scopes, createdAt, label } = key;
      forget();
      return toKey(save.get(id, orgId, hash, prefix, JSON.stringify(scopes), createdAt, label) as KeyRow);
    },
    /** A key is used often: a time that is hardly later than the one that is kept is not written. */
    noteUse: ({ id, lastUsedAt }: Key, at: number): void => {
      if (lastUsedAt !== null && Math.abs(at - lastUsedAt) < 1000) return;
      setLastUsed.run(at, id);
      forget();
    },
    byHash: (hash: string): Key | undefined =>
      remember(`key ${hash}`, () => {
        const row = byHash.get(hash) as KeyRow | undefined;
        return row && toKey(row);
      }),
    byId: (id: string): Key | undefined => {
      const row = byId.get(id) as KeyRow | undefined;
      return row && toKey(row);
    },
    /** Newest first. */
    byOrg: (orgId: string): Key[] => (byOrg.all(orgId) as KeyRow[]).map(toKey),
    /** It is let in no more until it is saved again. A revoked one is kept as such. */
    forget: (hash: string): void => {
      remove.run(hash);
      forget();
    },
    revoke: (id: string, at: number): Key | undefined => {
      forget();
      const row = revoke.get(at, id) as KeyRow | undefined;
      return row && toKey(row);
    },
  };
}
