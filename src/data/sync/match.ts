/** Which row of the CRM is which contact of the inbox: by what was linked before, then by external id, phone and e-mail. */
import type { HomeCountry } from "../../phone-number.ts";
import { ClusterFinder } from "../contacts/clusters.ts";
import type { CrmRow } from "./crm/crm.ts";
import { identifierFields, nameIdentifier, type Reading, readCell, type SyncField } from "./fields.ts";
import type { Inbox } from "./inbox.ts";
import type { ContactRecord, SyncState } from "./state.ts";

/** What a person has to decide: nothing of it is done. */
export type SyncConflict = {
  /** Of the CRM; `null` where it has no row. */
  line: number | null;
  /** What its row is known by, where there is a column for that. */
  key: string | null;
  contactId: string | null;
  field: string;
  /** What each side has. */
  crm: string;
  inbox: string;
  reason: string;
};

/** A row as it is read: by field. */
export type ReadRow = {
  index: number;
  line: number;
  key: string | null;
  readings: ReadonlyMap<string, Reading>;
  identifiers: readonly { field: string; value: string }[];
};

export type Pair = { row: ReadRow; record: ContactRecord | null };

export type Matched = {
  pairs: readonly Pair[];
  conflicts: readonly SyncConflict[];
  /** Contacts that have a row, or are spoken of by one that cannot be taken. */
  claimed: ReadonlySet<string>;
};

export function readRow(
  row: CrmRow,
  index: number,
  fields: readonly SyncField[],
  home: HomeCountry | undefined,
): ReadRow {
  const readings = new Map<string, Reading>();
  for (const { name, column } of fields) readings.set(name, readCell(name, row.cells[column] ?? null, home));
  const identifiers = identifierFields.flatMap((field) => {
    const value = nameIdentifier(field, readings.get(field)?.value ?? null);
    return value === null ? [] : [{ field, value }];
  });
  return { index, line: row.line, key: row.key, readings, identifiers };
}

/** Without an inbox, as far as the state knows it. */
export function matchRows(
  rows: readonly CrmRow[],
  fields: readonly SyncField[],
  home: HomeCountry | undefined,
  state: SyncState,
  inbox: Pick<Inbox, "isGone">,
): Matched {
  const conflicts: SyncConflict[] = [];
  const claimed = new Set<string>();
  const candidates = rows.map((row, index) => readRow(row, index, fields, home));
  const read = (row: ReadRow) => findContacts(row, state, inbox);
  const clustered = findClusters(candidates);
  const pairs: { row: ReadRow; record: ContactRecord | null }[] = [];
  for (const row of candidates) {
    const { linked, others } = read(row);
    const refuse = (field: string, reason: string) => {
      for (const each of [linked, ...others]) if (each) claimed.add(each.id);
      const contactId = (linked ?? others[0])?.id ?? null;
      conflicts.push({ line: row.line, key: row.key, contactId, field, crm: "", inbox: "", reason });
    };
    const problem = rows[row.index]?.problem;
    const shared = clustered.get(row.index);
    if (problem) refuse(problem.field, problem.reason);
    else if (shared) refuse(shared.field, shared.reason);
    else if (!linked && others.length > 1)
      refuse(row.identifiers.map(({ field }) => field).join(" and "), describeSeveral(others));
    else if (!linked && row.identifiers.length === 0)
      refuse("phone", "has no phone, e-mail address or external id, by which OnSync finds a contact");
    else pairs.push({ row, record: linked ?? others[0] ?? null });
  }
  return { ...joinPairs(pairs, conflicts, claimed), claimed };
}

function describeSeveral(records: readonly ContactRecord[]): string {
  const ids = records.map(({ id }) => id).join(" and ");
  return `belong to ${ids}: leave the identifiers of one of them, or make them one contact in OnSync`;
}

function findContacts(
  { key, identifiers }: ReadRow,
  state: SyncState,
  inbox: Pick<Inbox, "isGone">,
): { linked: ContactRecord | null; others: ContactRecord[] } {
  const byKey = key === null ? undefined : state.findByKey(key);
  const found = [...new Set(identifiers.flatMap(({ value }) => state.findByIdentifier(value) ?? []))];
  const others = found.filter((record) => !inbox.isGone(record));
  // A row without a key is the one that its contact had, though that is gone: it is not made again.
  const known = byKey ?? (key === null ? found.find((record) => record.linked && inbox.isGone(record)) : undefined);
  // One that is gone from OnSync may have become another: that is the contact then.
  const linked = known && (!inbox.isGone(known) || others.length === 0) ? known : null;
  return { linked, others };
}

function findClusters(rows: readonly ReadRow[]): Map<number, { field: string; reason: string }> {
  const finder = new ClusterFinder();
  for (const { index, line, key, identifiers } of rows) {
    const known = key === null ? identifiers : [...identifiers, { field: "key", value: `key ${key}` }];
    finder.add(index, line, known, () => false);
  }
  const found = new Map<number, { field: string; reason: string }>();
  for (const { rows: members, lines, fields } of finder.clusters())
    for (const row of members)
      found.set(row, {
        field: fields.join(" and "),
        reason: `is shared by lines ${lines.slice(0, 5).join(", ")}${lines.length > 5 ? " …" : ""}: leave one of them`,
      });
  return found;
}

/** Two rows of one contact would write over each other. */
function joinPairs(
  pairs: readonly Pair[],
  conflicts: SyncConflict[],
  claimed: Set<string>,
): { pairs: Pair[]; conflicts: SyncConflict[] } {
  const byContact = new Map<string, Pair[]>();
  for (const pair of pairs)
    if (pair.record) {
      claimed.add(pair.record.id);
      byContact.set(pair.record.id, [...(byContact.get(pair.record.id) ?? []), pair]);
    }
  const kept = pairs.filter(({ row, record }) => {
    const same = record ? (byContact.get(record.id) ?? []) : [];
    if (same.length < 2 || !record) return true;
    const lines = same.map((each) => each.row.line).join(", ");
    const reason = `lines ${lines} are one contact in OnSync: leave one of them`;
    conflicts.push({ line: row.line, key: row.key, contactId: record.id, field: "", crm: "", inbox: "", reason });
    return false;
  });
  return { pairs: kept, conflicts };
}
