/** What the inbox has changed, to the CRM: all at once, and noted with it. */
import type { Contact } from "../../api/index.ts";
import type { Cell } from "../rows/row.ts";
import type { Cells, CrmChanges, CrmRow, CrmSnapshot, CrmStore, Taken, Written } from "./crm/crm.ts";
import { type CellChange, type Context, isReadBack } from "./evaluate.ts";
import { formatCell, nameIdentifier, readCell, readContact, type SyncField, type Value } from "./fields.ts";
import { type ReadRow, readRow } from "./match.ts";
import type { ContactRecord } from "./state.ts";

/** Where it goes: the place that is read, or another one, with columns of its own. */
export type CrmTarget = { store: CrmStore; fields: readonly SyncField[]; isSame: boolean };

export type RowChange = { row: ReadRow; record: ContactRecord; cells: readonly CellChange[] };
export type NewRow = { record: ContactRecord; contact: Contact };

export type CrmWritten = {
  changed: number;
  added: number;
  /** By contact, why the CRM did not take it. */
  refused: Map<string, string>;
};

type Planned = CrmChanges & { ofEdit: Map<number, RowChange>; ofInsert: (RowChange | NewRow)[] };

/** @returns `null`: the CRM was changed meanwhile, and nothing was done */
export async function writeCrm(
  context: Context,
  { store, fields, isSame }: CrmTarget,
  snapshot: CrmSnapshot,
  changes: { edits: readonly RowChange[]; inserts: readonly NewRow[] },
): Promise<CrmWritten | null> {
  const target = isSame ? snapshot : await store.read();
  const planned = isSame ? planSame(fields, changes, context) : planOther(context, fields, snapshot, target, changes);
  const result: CrmWritten = { changed: 0, added: 0, refused: new Map() };
  const written = await store.write(target, planned, async (taken) => {
    note(context, planned, taken, isSame, result);
    await context.state.save();
  });
  return written === null ? null : result;
}

function planSame(
  fields: readonly SyncField[],
  { edits, inserts }: { edits: readonly RowChange[]; inserts: readonly NewRow[] },
  context: Context,
): Planned {
  const planned: Planned = { edits: new Map(), inserts: [], ofEdit: new Map(), ofInsert: [...inserts] };
  const byRow = planned.edits as Map<number, Cells>;
  for (const edit of edits) {
    byRow.set(edit.row.index, new Map(edit.cells.map(({ field, cell }) => [field.column, cell])));
    planned.ofEdit.set(edit.row.index, edit);
  }
  return { ...planned, inserts: inserts.map(({ contact }) => toCells(fields, contact, context)) };
}

/** What cannot be written so that it is read as the same is left out. */
function toCells(fields: readonly SyncField[], contact: Contact, { home }: Context): Map<number, Cell> {
  const cells = new Map<number, Cell>();
  for (const { name, column } of fields) {
    const value = readContact(name, contact);
    const cell = formatCell(name, value, null);
    if (value !== null && isReadBack(name, value, cell, home)) cells.set(column, cell);
  }
  return cells;
}

/** In another place, the row of the same key or identifiers is changed; where there is none, the whole row is added. */
function planOther(
  context: Context,
  fields: readonly SyncField[],
  from: CrmSnapshot,
  target: CrmSnapshot,
  { edits, inserts }: { edits: readonly RowChange[]; inserts: readonly NewRow[] },
): Planned {
  const index = new Map<string, number>();
  for (const [at, row] of target.rows.entries()) {
    const read = readRow(row, at, fields, context.home);
    if (read.key !== null) index.set(`key ${read.key}`, at);
    for (const { value } of read.identifiers) index.set(value, at);
  }
  const planned: Planned = { edits: new Map(), inserts: [], ofEdit: new Map(), ofInsert: [] };
  const [byRow, added] = [planned.edits as Map<number, Cells>, planned.inserts as Cells[]];
  const columnOf = (name: string) => fields.find((field) => field.name === name)?.column;
  const find = (keys: readonly string[]) => keys.map((key) => index.get(key)).find((at) => at !== undefined);
  const put = (keys: readonly string[], cells: Cells, whole: () => Cells, change: RowChange | NewRow) => {
    const at = find(keys);
    if (at === undefined) {
      added.push(whole());
      planned.ofInsert.push(change);
    } else if ("cells" in change) {
      byRow.set(at, cells);
      planned.ofEdit.set(at, change);
    }
  };
  for (const edit of edits) {
    const cells = new Map(edit.cells.flatMap(({ field, cell }) => toEntry(columnOf(field.name), cell)));
    const keys = [
      ...(edit.row.key === null ? [] : [`key ${edit.row.key}`]),
      ...edit.row.identifiers.map(({ value }) => value),
    ];
    const before = from.rows[edit.row.index]?.cells ?? [];
    const whole = () => new Map([...copyRow(context.fields, before, columnOf), ...cells]);
    put(keys, cells, whole, edit);
  }
  for (const insert of inserts) {
    const keys = context.fields.flatMap(({ name }) => nameIdentifier(name, readContact(name, insert.contact)) ?? []);
    put(keys, new Map(), () => toCells(fields, insert.contact, context), insert);
  }
  return planned;
}

function toEntry(column: number | undefined, cell: Cell): [number, Cell][] {
  return column === undefined ? [] : [[column, cell]];
}

function copyRow(
  fields: readonly SyncField[],
  cells: readonly Cell[],
  columnOf: (name: string) => number | undefined,
): [number, Cell][] {
  return fields.flatMap(({ name, column }) => {
    const cell = cells[column] ?? null;
    return cell === null ? [] : toEntry(columnOf(name), cell);
  });
}

/** Notes what both sides have now. */
function note(
  context: Context,
  { ofEdit, ofInsert }: Planned,
  written: Written,
  isSame: boolean,
  result: CrmWritten,
): void {
  const take = (change: RowChange | NewRow, taken: Taken | undefined): number => {
    const problem = taken ? taken.problem : "it was not written";
    if (problem !== undefined) result.refused.set(change.record.id, problem);
    else noteOne(context, change, taken as Pick<CrmRow, "cells" | "key">, isSame);
    return problem === undefined ? 1 : 0;
  };
  for (const [at, edit] of ofEdit) result.changed += take(edit, written.edits.get(at));
  for (const [at, change] of ofInsert.entries()) result.added += take(change, written.inserts[at]);
}

function noteOne(
  { state, home, fields }: Context,
  change: RowChange | NewRow,
  { cells, key }: Pick<CrmRow, "cells" | "key">,
  isSame: boolean,
): void {
  const { record } = change;
  const agree = (name: string, value: Value) =>
    state.agree(record, name, state.hashValue(name, value), record.fields[name]?.[2] ?? "");
  const reread = ({ name, column }: SyncField) => readCell(name, cells[column] ?? null, home).value ?? null;
  if ("row" in change) {
    state.link(record, change.row.key);
    // In another place the CRM has not taken it yet: what it was seen with stays.
    for (const { field } of change.cells)
      agree(field.name, isSame ? reread(field) : (change.row.readings.get(field.name)?.value ?? null));
    return;
  }
  state.link(record, isSame ? key : null);
  if (!isSame) return;
  for (const field of fields) {
    // What the CRM puts where the inbox has nothing is its own change, and goes to the inbox next.
    const isEmpty = readContact(field.name, change.contact) === null;
    agree(field.name, isEmpty ? null : reread(field));
  }
}
