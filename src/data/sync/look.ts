/** What is to be done, as both sides are now: nothing of it is done here. */
import type { CrmSnapshot } from "./crm/crm.ts";
import { type Context, type Evaluation, evaluate } from "./evaluate.ts";
import { nameIdentifier, readContact } from "./fields.ts";
import type { Inbox } from "./inbox.ts";
import { matchRows, type Pair, type ReadRow, type SyncConflict } from "./match.ts";
import type { ContactRecord } from "./state.ts";
import type { NewRow, RowChange } from "./write-crm.ts";

/** What was refused in this sync, and is not tried again in it: by contact, or by what a row is known by. */
export type Refused = ReadonlyMap<string, SyncConflict>;

export type Update = {
  row: ReadRow;
  record: ContactRecord;
  /** What is to be done by now; `null`: nothing. */
  decide: () => Evaluation | null;
};

export type Look = {
  context: Context;
  snapshot: CrmSnapshot;
  /** To the CRM. */
  edits: RowChange[];
  inserts: NewRow[];
  /** To the inbox, a request each. */
  creations: ReadRow[];
  updates: Update[];
  /** Contacts that must be read before anything is decided. */
  readings: string[];
  conflicts: SyncConflict[];
  rowsGone: number;
  contactsGone: number;
  unidentified: number;
};

export function lookAtBoth(
  base: Omit<Context, "findLine" | "isGone">,
  inbox: Inbox,
  refused: Refused,
  snapshot: CrmSnapshot,
): Look {
  const { state, fields, home } = base;
  const matched = matchRows(snapshot.rows, fields, home, state, inbox);
  const lines = new Map<string, number>();
  for (const { row } of matched.pairs) for (const { value } of row.identifiers) lines.set(value, row.line);
  const look: Look = {
    context: { ...base, isGone: (record) => inbox.isGone(record), findLine: (identifier) => lines.get(identifier) },
    ...{ snapshot, edits: [], inserts: [], creations: [], updates: [], readings: [] },
    ...{ conflicts: [...matched.conflicts], rowsGone: 0, contactsGone: 0, unidentified: 0 },
  };
  for (const { row, record } of matched.pairs) {
    if (record === null) lookAtRow(look, refused, row);
    else lookAtPair(look, inbox, refused, { row, record });
  }
  for (const record of state.records())
    if (!matched.claimed.has(record.id) && !inbox.isGone(record)) lookAtContact(look, inbox, refused, record);
  return look;
}

/** What a row without a contact is known by. */
export function nameRow({ identifiers }: ReadRow): string {
  return `row ${identifiers.map(({ value }) => value).join(" ")}`;
}

function lookAtRow({ context, conflicts, creations }: Look, refused: Refused, row: ReadRow): void {
  const conflict = refused.get(nameRow(row));
  if (conflict) conflicts.push({ ...conflict, line: row.line, key: row.key });
  else if (context.toInbox) creations.push(row);
}

function lookAtPair(look: Look, inbox: Inbox, refused: Refused, pair: Pair & { record: ContactRecord }): void {
  const { row, record } = pair;
  const { context, snapshot } = look;
  if (inbox.isGone(record)) {
    look.contactsGone += 1;
    return;
  }
  context.state.link(record, row.key);
  const conflict = refused.get(record.id);
  if (conflict) {
    look.conflicts.push({ ...conflict, line: row.line, key: row.key });
    return;
  }
  if (inbox.isUnread(record)) {
    look.readings.push(record.id);
    return;
  }
  const cells = snapshot.rows[row.index]?.cells ?? [];
  const decide = () => (inbox.isGone(record) ? null : evaluate(context, pair, inbox.contact(record.id), cells));
  const found = decide();
  if (!found) return;
  look.conflicts.push(...found.conflicts);
  if (found.needsContact) look.readings.push(record.id);
  if (found.toCrm.length > 0) look.edits.push({ row, record, cells: found.toCrm });
  if (found.toInbox.length > 0) look.updates.push({ row, record, decide });
}

/** A contact without a row: it gets one, unless it has had one. */
function lookAtContact(look: Look, inbox: Inbox, refused: Refused, record: ContactRecord): void {
  const { context, conflicts } = look;
  if (record.linked) look.rowsGone += 1;
  if (record.linked || !context.toCrm) return;
  const contact = inbox.contact(record.id);
  const conflict = refused.get(record.id);
  if (conflict) {
    conflicts.push(conflict);
    return;
  }
  if (contact === null || inbox.isUnread(record)) {
    look.readings.push(record.id);
    return;
  }
  const identifiers = context.fields.flatMap(({ name }) => nameIdentifier(name, readContact(name, contact)) ?? []);
  const taken = identifiers.map((each) => context.findLine(each)).find((line) => line !== undefined);
  if (taken !== undefined)
    conflicts.push({
      ...{ line: taken, key: null, contactId: record.id, field: "", crm: "", inbox: "" },
      reason: "shares an identifier with another contact of OnSync, which has no row: leave it to one of them",
    });
  else if (identifiers.length === 0) look.unidentified += 1;
  else look.inserts.push({ record, contact });
}
