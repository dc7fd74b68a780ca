/** What the reference itself remembers across a restart: the state of its clock, which org is the default one. */
import type { Database } from "./database.ts";

export function createSettingsTable({ sql }: Database) {
  const get = sql.prepare("SELECT value FROM settings WHERE name = ?");
  const set = sql.prepare("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  return {
    get: (name: string): string | undefined => (get.get(name) as { value: string } | undefined)?.value,
    set: (name: string, value: string) => set.run(name, value),
  };
}
