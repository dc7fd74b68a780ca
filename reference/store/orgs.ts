/** Orgs with their rate-limit buckets and teammates. */
import type { Database } from "./database.ts";

export type Bucket = { level: number; at: number };
export type Org = { id: string; name: string; rateLimit: number; bucket: Bucket; createdAt: number };
export type Teammate = { id: string; name: string; email: string };

type OrgRow = {
  id: string;
  name: string;
  rate_limit: number;
  bucket_level: number;
  bucket_at: number;
  created_at: number;
};

function toOrg(row: OrgRow): Org {
  return {
    id: row.id,
    name: row.name,
    rateLimit: row.rate_limit,
    bucket: { level: row.bucket_level, at: row.bucket_at },
    createdAt: row.created_at,
  };
}

export function createOrgsTable({ sql, remember, forget }: Database) {
  const insert = sql.prepare(
    "INSERT INTO orgs (id, name, rate_limit, bucket_level, bucket_at, created_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const byId = sql.prepare("SELECT * FROM orgs WHERE id = ?");
  const all = sql.prepare("SELECT * FROM orgs");
  const setBucket = sql.prepare("UPDATE orgs SET bucket_level = ?, bucket_at = ? WHERE id = ?");
  const setRateLimit = sql.prepare("UPDATE orgs SET rate_limit = ? WHERE id = ?");
  const insertTeammate = sql.prepare("INSERT INTO teammates (org_id, id, name, email) VALUES (?, ?, ?, ?)");
  const teammates = sql.prepare("SELECT id, name, email FROM teammates WHERE org_id = ? ORDER BY seq");
  const turn = sql.prepare(
    "UPDATE orgs SET next_teammate = next_teammate + 1 WHERE id = ? RETURNING next_teammate - 1 AS turn",
  );

  const listTeammates = (orgId: string): Teammate[] =>
    (teammates.all(orgId) as Teammate[]).map(({ id, name, email }) => ({ id, name, email }));

  return {
    insert: (org: Org) => insert.run(org.id, org.name, org.rateLimit, org.bucket.level, org.bucket.at, org.createdAt),
    byId: (id: string): Org | undefined =>
      remember(`org ${id}`, () => {
        const row = byId.get(id) as OrgRow | undefined;
        return row && toOrg(row);
      }),
    all: (): Org[] => (all.all() as OrgRow[]).map(toOrg),
    /** @param org what {@link byId} gave: it has the new bucket, too */
    setBucket: (org: Org, bucket: Bucket): void => {
      setBucket.run(bucket.level, bucket.at, org.id);
      org.bucket = bucket;
    },
    setRateLimit: (id: string, rateLimit: number): void => {
      setRateLimit.run(rateLimit, id);
      forget();
    },
    addTeammate: (orgId: string, teammate: Teammate) =>
      insertTeammate.run(orgId, teammate.id, teammate.name, teammate.email),
    teammates: listTeammates,
    /** The teammate whose turn it is (round robin); the turn passes on. `null` in an org without teammates. */
    nextTeammate: (orgId: string): Teammate | null => {
      const all = listTeammates(orgId);
      if (all.length === 0) return null;
      const { turn: count } = turn.get(orgId) as { turn: number };
      return all[count % all.length] ?? null;
    },
  };
}
