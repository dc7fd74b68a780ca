/** The state of a sync in a SQLite file of its own, beside the file that is kept the same. */
import { openStateFile } from "../state-file.ts";
import type { ContactRecord, StateStore } from "./state.ts";

/** "OnSS". */
const applicationId = 0x4f6e5353;

const migrations = [
  `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- What is known of each contact of the inbox, as JSON: hashes alone.
CREATE TABLE contacts (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
`,
];

/** @throws Error with a sentence where the file cannot be used, or another sync has it open */
export function openSyncState(file: string): StateStore {
  const state = openStateFile(file, { name: "the state of a sync", applicationId, migrations });
  const setFact = state.sql.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)");
  const setRecord = state.sql.prepare("INSERT OR REPLACE INTO contacts (id, record) VALUES (?, ?)");
  return {
    async load() {
      const facts = state.sql.prepare("SELECT name, value FROM facts").all() as { name: string; value: string }[];
      const records = state.sql.prepare("SELECT record FROM contacts").all() as { record: string }[];
      return {
        facts: new Map(facts.map(({ name, value }) => [name, value])),
        records: records.map(({ record }) => state.parse<ContactRecord>(record)),
      };
    },
    async save(facts, records) {
      state.transaction(() => {
        for (const [name, value] of facts) setFact.run(name, value);
        for (const record of records) setRecord.run(record.id, JSON.stringify(record));
      });
    },
    async close() {
      state.close();
    },
  };
}
