/**
 * What an import has done so far, beside its file: by row what was sent, which contact it is and in which request. It holds no
 * value of a contact and no key: rows and identifiers are hashes, with a salt of the file's own.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { openStateFile, type StateFile } from "../state-file.ts";

/** "OnSI". */
const applicationId = 0x4f6e5349;

const migrations = [
  `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
  -- Of what is sent for it.
  hash BLOB PRIMARY KEY,
  run INTEGER NOT NULL,
  -- sending, done, refused
  state TEXT NOT NULL,
  -- created, updated
  outcome TEXT,
  contact_id TEXT,
  request_id TEXT,
  field TEXT,
  reason TEXT,
  note TEXT,
  -- Requests in this run.
  requests INTEGER NOT NULL,
  -- Whether an answer was lost on the way.
  lost INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_run ON rows (run, state);
-- The row that was sent last for each identifier.
CREATE TABLE identifiers (hash BLOB PRIMARY KEY, row BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (fingerprint TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`,
];

export const journalKind = { name: "the journal of an import", applicationId, migrations };

export type RowOutcome = "created" | "updated";

export type JournalRow = {
  run: number;
  state: "sending" | "done" | "refused";
  outcome: RowOutcome | null;
  contactId: string | null;
  requestId: string | null;
  field: string | null;
  reason: string | null;
  note: string | null;
  lost: boolean;
};

/** What is said of a row: nothing yet, or how it ended; `unchanged`: an earlier import sent the very same. */
export type RowState = { kind: "new" | "unchanged" } | { kind: "open" | "settled"; row: JournalRow };

type Identifiers = readonly { value: string }[];

export class Journal {
  readonly #file: StateFile;
  readonly #salt: string;
  readonly #statements: ReturnType<typeof prepare>;
  #run: number;

  constructor(file: StateFile) {
    this.#file = file;
    this.#statements = prepare(file);
    this.#salt = this.fact("salt") ?? this.setFact("salt", randomBytes(16).toString("hex"));
    this.#run = Number(this.fact("run") ?? 0);
  }

  fact(name: string): string | null {
    return (this.#statements.fact.get(name) as { value: string } | undefined)?.value ?? null;
  }

  setFact(name: string, value: string): string {
    this.#statements.setFact.run(name, value);
    return value;
  }

  /** Whether an import has not come to its end: the next with the same options goes on with it. */
  isUnfinished(options: string): boolean {
    return this.fact("unfinished") === options;
  }

  /** Goes on with the import that has not come to its end, or begins one. */
  begin(options: string): void {
    if (this.isUnfinished(options)) return;
    this.#run += 1;
    this.#file.transaction(() => {
      this.setFact("run", String(this.#run));
      this.setFact("unfinished", options);
    });
  }

  finish(): void {
    this.setFact("unfinished", "");
  }

  /** @param key an API key: what is kept of it tells another one, and nothing else */
  #fingerprint(key: string): string {
    return createHmac("sha256", this.#salt).update(key).digest("hex").slice(0, 16);
  }

  knowsKey(key: string): boolean {
    return this.#statements.key.get(this.#fingerprint(key)) !== undefined;
  }

  addKey(key: string): void {
    this.#statements.addKey.run(this.#fingerprint(key));
  }

  /** A contact of an earlier import, if there is one. */
  anyContact(): string | null {
    return (this.#statements.anyContact.get() as { id: string } | undefined)?.id ?? null;
  }

  #hash(text: string): Buffer {
    return createHash("sha256").update(this.#salt).update(text).digest().subarray(0, 16);
  }

  find(row: string, identifiers: Identifiers, isGoingOn: boolean): RowState {
    const hash = this.#hash(row);
    const found = this.#statements.row.get(hash) as Record<string, unknown> | undefined;
    if (!found) return { kind: "new" };
    const known = toJournalRow(found);
    const isCurrent = isGoingOn && known.run === this.#run;
    if (known.state === "sending") return isCurrent ? { kind: "open", row: known } : { kind: "new" };
    if (known.state === "refused") return isCurrent ? { kind: "settled", row: known } : { kind: "new" };
    // What was sent last for each of them: another row since then has changed the contact.
    const isLatest = identifiers.every(({ value }) => {
      const last = this.#statements.identifier.get(this.#hash(value)) as { row: Uint8Array } | undefined;
      return last !== undefined && hash.equals(last.row);
    });
    if (!isLatest) return { kind: "new" };
    return isCurrent ? { kind: "settled", row: known } : { kind: "unchanged" };
  }

  /** Notes that a row's first request is about to leave, from this process. */
  noteSending(row: string, identifiers: Identifiers): void {
    const hash = this.#hash(row);
    this.#file.transaction(() => {
      this.#statements.sending.run({ hash, run: this.#run });
      for (const { value } of identifiers) this.#statements.setIdentifier.run(this.#hash(value), hash);
    });
  }

  /** Notes that another request for the row is about to leave. */
  noteRequest(row: string): void {
    this.#statements.request.run({ hash: this.#hash(row) });
  }

  /** Notes that a request may have done its work, though no answer says so. */
  noteLost(row: string): void {
    this.#statements.lost.run({ hash: this.#hash(row) });
  }

  noteDone(
    row: string,
    {
      outcome,
      contactId,
      requestId,
      note,
    }: { outcome: RowOutcome; contactId: string; requestId: string; note: string | null },
  ): void {
    this.#statements.done.run({ hash: this.#hash(row), outcome, contactId, requestId, note });
  }

  noteRefused(
    row: string,
    { field, reason, requestId }: { field: string; reason: string; requestId: string | null },
  ): void {
    this.#statements.refused.run({ hash: this.#hash(row), field, reason, requestId, run: this.#run });
  }

  /** Of the import that is under way. */
  count(): { requests: number; lost: number; open: number } {
    return this.#statements.count.get(this.#run) as { requests: number; lost: number; open: number };
  }

  close(): void {
    this.#file.close();
  }
}

/** @throws Error with a sentence where the file cannot be used, or another import has it open */
export function openJournal(file: string): Journal {
  return new Journal(openStateFile(file, journalKind));
}

function toJournalRow(found: Record<string, unknown>): JournalRow {
  const { run, state, outcome, contact_id, request_id, field, reason, note, lost } = found;
  return {
    run,
    state,
    outcome,
    contactId: contact_id,
    requestId: request_id,
    field,
    reason,
    note,
    lost: lost === 1,
  } as JournalRow;
}

function prepare({ sql }: StateFile) {
  return {
    fact: sql.prepare("SELECT value FROM facts WHERE name = ?"),
    setFact: sql.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)"),
    key: sql.prepare("SELECT fingerprint FROM keys WHERE fingerprint = ?"),
    addKey: sql.prepare("INSERT OR IGNORE INTO keys (fingerprint) VALUES (?)"),
    anyContact: sql.prepare("SELECT contact_id AS id FROM rows WHERE contact_id IS NOT NULL LIMIT 1"),
    row: sql.prepare("SELECT * FROM rows WHERE hash = ?"),
    identifier: sql.prepare("SELECT row FROM identifiers WHERE hash = ?"),
    setIdentifier: sql.prepare("INSERT OR REPLACE INTO identifiers (hash, row) VALUES (?, ?)"),
    sending: sql.prepare(
      `INSERT INTO rows (hash, run, state, requests, lost) VALUES (:hash, :run, 'sending', 1, 0)
       ON CONFLICT (hash) DO UPDATE SET state = 'sending', outcome = NULL, field = NULL, reason = NULL, note = NULL,
         lost = CASE WHEN run = :run AND state = 'sending' THEN 1 ELSE 0 END,
         requests = CASE WHEN run = :run THEN requests ELSE 0 END + 1, run = :run`,
    ),
    request: sql.prepare("UPDATE rows SET requests = requests + 1 WHERE hash = :hash"),
    lost: sql.prepare("UPDATE rows SET lost = 1 WHERE hash = :hash"),
    done: sql.prepare(
      `UPDATE rows SET state = 'done', outcome = :outcome, contact_id = :contactId, request_id = :requestId, note = :note
       WHERE hash = :hash`,
    ),
    refused: sql.prepare(
      `INSERT INTO rows (hash, run, state, field, reason, request_id, requests, lost)
       VALUES (:hash, :run, 'refused', :field, :reason, :requestId, 0, 0)
       ON CONFLICT (hash) DO UPDATE SET state = 'refused', field = :field, reason = :reason, request_id = :requestId`,
    ),
    count: sql.prepare(
      `SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(lost), 0) AS lost,
         coalesce(sum(state = 'sending'), 0) AS open FROM rows WHERE run = ?`,
    ),
  };
}
