/** What is to be done with one row and its contact, field by field. */
import type { Contact } from "../../api/index.ts";
import type { HomeCountry } from "../../phone-number.ts";
import type { Cell } from "../rows/row.ts";
import type { CrmRow } from "./crm/crm.ts";
import {
  findProblem,
  formatCell,
  nameIdentifier,
  readCell,
  readContact,
  type SyncField,
  toComparable,
  toPatch,
  type Value,
} from "./fields.ts";
import type { Pair, SyncConflict } from "./match.ts";
import { decide } from "./reconcile.ts";
import type { ContactRecord, SyncState } from "./state.ts";

export type Context = {
  state: SyncState;
  fields: readonly SyncField[];
  home: HomeCountry | undefined;
  /** Which ways are open. */
  toInbox: boolean;
  toCrm: boolean;
  /** Whether OnSync has a contact no more. */
  isGone(record: ContactRecord): boolean;
  /** The line of another row that has an identifier. */
  findLine(identifier: string): number | undefined;
};

export type Change = { field: SyncField; value: Value };
export type CellChange = { field: SyncField; cell: Cell; value: Value };

export type Evaluation = {
  toInbox: Change[];
  toCrm: CellChange[];
  conflicts: SyncConflict[];
  /** Whether the contact must be read first: what it has is known as a hash alone. */
  needsContact: boolean;
};

/** @param contact as it was read in this sync; `null`: it is as it was seen last */
export function evaluate(
  context: Context,
  { row, record }: Pair & { record: ContactRecord },
  contact: Contact | null,
  cells: CrmRow["cells"],
): Evaluation {
  const { state, fields } = context;
  const result: Evaluation = { toInbox: [], toCrm: [], conflicts: [], needsContact: false };
  for (const field of fields) {
    const { name, owner } = field;
    const reading = row.readings.get(name) ?? { value: null };
    const [crmBase = null, inboxBase = null, seen] = record.fields[name] ?? [];
    if (seen === undefined) {
      // A column that was not kept the same before.
      result.needsContact = true;
      continue;
    }
    const crm = hashReading(state, name, reading, cells[field.column] ?? null);
    const base = crmBase === null || inboxBase === null ? null : { crm: crmBase, inbox: inboxBase };
    const decision = decide(owner, { crm, inbox: seen, base });
    const inbox = contact && readContact(name, contact);
    const conflict = (reason: string, theirs: string = toText(inbox)) =>
      result.conflicts.push({
        ...{ line: row.line, key: row.key, contactId: record.id, field: name, reason },
        ...{ crm: toText(reading.value ?? cells[field.column] ?? null), inbox: theirs },
      });
    if (decision === "settle") state.agree(record, name, crm, seen);
    else if (reading.problem !== undefined && (decision === "conflict" || (decision === "toInbox" && context.toInbox)))
      conflict(reading.problem);
    else if (decision === "conflict") {
      if (contact === null) result.needsContact = true;
      else conflict(base === null ? "differs, and nobody owns it" : "was changed on both sides");
    } else if (decision === "toInbox" && context.toInbox) {
      const value = reading.value ?? null;
      const problem = findProblem(toPatch(name, value)) ?? findHolder(context, record, name, value);
      if (problem === null) result.toInbox.push({ field, value });
      else conflict(problem);
    } else if (decision === "toCrm" && context.toCrm) {
      if (contact === null) result.needsContact = true;
      else addCell(context, field, readContact(name, contact), cells, result, conflict);
    }
  }
  return result;
}

function hashReading(state: SyncState, name: string, reading: { value?: Value; problem?: string }, cell: Cell): string {
  if (reading.problem !== undefined) return state.hashUnreadable(String(cell));
  return state.hashValue(name, reading.value ?? null);
}

export function toText(value: Value | Cell): string {
  return value === null ? "" : Array.isArray(value) ? value.join(", ") : String(value);
}

/** An identifier of another contact would be answered 409. */
function findHolder({ state, isGone }: Context, record: ContactRecord, name: string, value: Value): string | null {
  const identifier = nameIdentifier(name, value);
  const holder = identifier === null ? undefined : state.findByIdentifier(identifier);
  return holder && holder !== record && !isGone(holder)
    ? `belongs to ${holder.id} in OnSync: change it there, or in the CRM`
    : null;
}

function addCell(
  context: Context,
  field: SyncField,
  value: Value,
  cells: CrmRow["cells"],
  result: Evaluation,
  conflict: (reason: string) => void,
): void {
  const identifier = nameIdentifier(field.name, value);
  const line = identifier === null ? undefined : context.findLine(identifier);
  const cell = formatCell(field.name, value, cells[field.column] ?? null);
  if (line !== undefined) conflict(`line ${line} has it already: leave it in one of them`);
  else if (!isReadBack(field.name, value, cell, context.home))
    conflict("cannot be written to the CRM so that it is read as the same");
  else result.toCrm.push({ field, cell, value });
}

export function isReadBack(name: string, value: Value, cell: Cell, home: HomeCountry | undefined): boolean {
  const reading = readCell(name, cell, home);
  return reading.problem === undefined && toComparable(name, reading.value) === toComparable(name, value);
}
