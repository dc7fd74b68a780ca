/** Brings a data file into this version's format, in one transaction: killed anywhere, it is what it was. */
import type { DatabaseSync } from "node:sqlite";
import { NewerFormatError, readPragma } from "../../../src/sqlite-file.ts";
import { automationTables } from "../automation/schema.ts";
import { schema, schemaVersion } from "../schema.ts";
import { wordTables } from "../words.ts";

/** "OnSR" in SQLite's header: tells a data file from any other program's. Older ones have none. */
const applicationId = 0x4f6e5352;

/** By the format that a file has: what brings it to the next. */
const steps: Readonly<Record<number, string>> = {
  // What an attempt sent and got was not kept.
  1: `
ALTER TABLE attempts RENAME TO attempts_before;
CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status_code INTEGER,
  error TEXT,
  url TEXT NOT NULL,
  request_headers TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  response_headers TEXT,
  response_body TEXT
) STRICT;
INSERT INTO attempts (seq, delivery, at, status_code, error, url, request_headers, duration_ms)
  SELECT attempts_before.seq, delivery, at, status_code, error, coalesce(webhooks.url, ''), '{}', 0
  FROM attempts_before LEFT JOIN deliveries ON deliveries.seq = delivery LEFT JOIN webhooks ON webhooks.id = webhook_id;
DROP TABLE attempts_before;
CREATE INDEX attempts_delivery ON attempts (delivery, seq);
`,
  2: automationTables,
  // Keys had no label, and nobody knew when one was used.
  3: `
ALTER TABLE keys ADD COLUMN label TEXT;
ALTER TABLE keys ADD COLUMN last_used_at INTEGER;
`,
  // The words of a contact were written with each change of it.
  4: `
DROP TRIGGER contacts_words_insert;
DROP TRIGGER contacts_words_delete;
DROP TRIGGER contacts_words_update;
${wordTables}`,
};

/** @throws Error where it is another program's file; nothing has been changed then */
function checkKind(sql: DatabaseSync): void {
  const program = readPragma(sql, "application_id");
  if (program === applicationId) return;
  const names = sql
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name);
  const isOurs = ["orgs", "conversations", "deliveries", "attempts"].every((name) => names.includes(name));
  if (program !== 0 || (names.length > 0 && !isOurs))
    throw new Error("it is a SQLite file of another program, and was left as it is");
}

/** @throws NewerFormatError or Error that says what is wrong with the file */
export function checkFormat(sql: DatabaseSync, file: string): number {
  checkKind(sql);
  const found = readPragma(sql, "user_version");
  if (found > schemaVersion) throw new NewerFormatError(`The data file ${file}`, found, schemaVersion);
  return found;
}

export function upgradeFormat(sql: DatabaseSync, file: string): void {
  if (checkFormat(sql, file) === schemaVersion && readPragma(sql, "application_id") === applicationId) return;
  sql.exec("BEGIN IMMEDIATE");
  // Another process may have been first.
  const found = checkFormat(sql, file);
  if (found === 0) sql.exec(schema);
  else for (let format = found; format < schemaVersion; format++) sql.exec(steps[format] as string);
  sql.exec(`PRAGMA application_id = ${applicationId}`);
  sql.exec(`PRAGMA user_version = ${schemaVersion}`);
  sql.exec("COMMIT");
}
