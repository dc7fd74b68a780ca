/** Subscriptions in a SQLite file, which a restart keeps and servers on one machine share: readable by its owner alone. */
import { createPrivateFile, restrictSqliteFile } from "../../src/private-file.ts";
import { openSqlite } from "../../src/sqlite.ts";
import type { EventSubscription, SubscriptionStore } from "./subscription.ts";

/** In the file's header, so that no other program's file is taken for one of these: "OnSE". */
const applicationId = 0x4f6e5345;

const schema = `
CREATE TABLE IF NOT EXISTS subscriptions (
  id TEXT PRIMARY KEY,
  subscription TEXT NOT NULL,
  owner TEXT NOT NULL DEFAULT '',
  leased_until INTEGER NOT NULL DEFAULT 0
) STRICT;
PRAGMA application_id = ${applicationId};
`;

/** @throws Error where the file is another program's, or cannot be opened */
export function openSubscriptionFile(file: string): SubscriptionStore {
  createPrivateFile(file);
  const sql = openSqlite(file);
  try {
    sql.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;");
    const { application_id: found } = sql.prepare("PRAGMA application_id").get() as { application_id: number };
    const { count } = sql.prepare("SELECT count(*) AS count FROM sqlite_schema").get() as { count: number };
    if (found !== applicationId && count > 0) throw new Error(`${file} is no file of event subscriptions`);
    sql.exec(schema);
    restrictSqliteFile(file);
  } catch (error) {
    sql.close();
    throw error;
  }
  const parse = (row: unknown) => JSON.parse((row as { subscription: string }).subscription) as EventSubscription;
  const select = sql.prepare("SELECT subscription FROM subscriptions WHERE id = ?");
  const selectAll = sql.prepare("SELECT subscription FROM subscriptions ORDER BY id");
  const upsert = sql.prepare(
    "INSERT INTO subscriptions (id, subscription) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET subscription = excluded.subscription",
  );
  const remove = sql.prepare("DELETE FROM subscriptions WHERE id = ?");
  const lease = sql.prepare(
    "UPDATE subscriptions SET owner = ?, leased_until = ? WHERE id = ? AND (owner = ? OR leased_until <= ?)",
  );
  return {
    durable: true,
    get(id) {
      const row = select.get(id);
      return row === undefined ? undefined : parse(row);
    },
    list: () => selectAll.all().map(parse),
    put: (subscription) => void upsert.run(subscription.id, JSON.stringify(subscription)),
    remove: (id) => void remove.run(id),
    lease: (id, owner, now, until) => lease.run(owner, until, id, owner, now).changes === 1,
    close: () => sql.close(),
  };
}
