/** What the reference itself remembers across a restart: which org is the default one, and the state of what tests set. */
import type { Database } from "./database.ts";

type SettingName = "default_org" | "clock" | "faults" | "behaviour" | "carrier" | `summaries ${string}`;

export function createSettingsTable({ sql, remember, forget }: Database) {
  const get = sql.prepare("SELECT value FROM settings WHERE name = ?");
  const set = sql.prepare("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  return {
    get: (name: SettingName): string | undefined =>
      // Most settings are not there, which is remembered, too.
      remember(`setting ${name}`, () => (get.get(name) ?? {}) as { value?: string }).value,
    set: (name: SettingName, value: string): void => {
      set.run(name, value);
      forget();
    },
  };
}
