/** Holds both sides against the model, after a sync and after one more. */
import type { SyncResult } from "../../src/data/sync/result.ts";
import type { TroubledInbox } from "./inbox.ts";
import type { Sides } from "./model.ts";
import { type CrmFile, fieldNames, type Person, sidesOf, targetNames } from "./people.ts";

type SeenPerson = {
  hasRow: boolean;
  hasContact: boolean;
  contactId: string | null;
  notes: string | null;
  /** By field, where there are both. */
  sides: ReadonlyMap<string, Sides>;
};
export type Seen = ReadonlyMap<Person, SeenPerson>;

export function see(people: readonly Person[], crm: CrmFile, inbox: TroubledInbox): Seen {
  const rows = crm.read();
  return new Map(
    people.map((person) => {
      const [row, contact] = [person.row(rows), person.contact(inbox)];
      const sides = row && contact ? fieldNames.map((name) => [name, sidesOf(row, contact, name)] as const) : [];
      const there = { hasRow: row !== undefined, hasContact: contact !== undefined };
      return [person, { ...there, contactId: contact?.id ?? null, notes: row?.notes ?? null, sides: new Map(sides) }];
    }),
  );
}

type Judged = {
  people: readonly Person[];
  before: Seen;
  after: Seen;
  /** `null`: it was ended. */
  result: SyncResult | null;
  /** `phone field` of what was edited meanwhile. */
  edited: ReadonlySet<string>;
  /** The same of what was edited in the inbox before, and hidden by events that are late. */
  hidden: ReadonlySet<string>;
  mode: string;
};

export function judge({ people, before, after, result, edited, hidden, mode }: Judged): string[] {
  const violations: string[] = [];
  const expectedConflicts: string[] = [];
  for (const person of people) {
    const [was, is] = [before.get(person), after.get(person)];
    if (!was || !is) continue;
    const complain = (text: string) => violations.push(`${person.phone}: ${text}`);
    if (was.hasRow && !is.hasRow) complain("its row was deleted");
    if (was.hasContact && !is.hasContact) complain("its contact was deleted");
    if (result && !person.hasMet && !(is.hasRow && is.hasContact)) complain(`is on one side alone (${mode})`);
    if (was.notes !== null && is.notes !== was.notes) complain(`its notes were changed to ${is.notes}`);
    if (is.hasRow && is.hasContact) person.hasMet = true;
    for (const [name, sides] of is.sides) {
      const model = person.fields[name];
      if (!model) continue;
      const wasSides = was.sides.get(name);
      const isHidden = hidden.has(`${person.phone} ${name}`);
      const isEdited = isHidden || edited.has(`${person.phone} ${name}`);
      const told = () => `${name} (${model.owner}) was ${JSON.stringify(wasSides)}, is ${JSON.stringify(sides)}`;
      if (!wasSides) {
        if (result && sides.crm !== sides.inbox && edited.size === 0) complain(`${told()}: made unlike`);
        // Made by it, from the other side as that was then.
        if (result === null) for (const value of Object.values(sides)) model.observeValue(value);
        else model.settle(sides);
        continue;
      }
      const isListed = result?.conflicts.some(
        ({ contactId, field }) => contactId === is.contactId && field === (targetNames[name] ?? name),
      );
      const isSame = (one: Sides) => one.crm === sides.crm && one.inbox === sides.inbox;
      if (isEdited || result === null) {
        if (!isEdited && !model.allow(wasSides).some(isSame)) complain(`${told()}: must not be, after an end`);
        model.observe(sides);
        // It may have seen the inbox as it was before: the same as the CRM.
        if (isHidden) model.observeValue(sides.crm);
        // What it put there it had from the other side, as that was then.
        if (sides.crm !== wasSides.crm && !edited.has(`${person.phone} ${name}`)) model.observeValue(sides.crm);
        if (sides.inbox !== wasSides.inbox) model.observeValue(sides.inbox);
      } else {
        const found = model.expect(wasSides).find((each) => isSame(each.sides));
        if (!found) complain(`${told()}: must not be`);
        if (found?.conflict) expectedConflicts.push(`${is.contactId} ${targetNames[name] ?? name}`);
        if (found?.conflict && !isListed) complain(`${told()}: a conflict that is not listed`);
        model.settle(sides);
      }
    }
  }
  const known = new Set([...after.values()].map(({ contactId }) => contactId));
  if (result && edited.size === 0) violations.push(...judgeListed(result, expectedConflicts, known));
  return violations;
}

/** No more is listed than there is, but for those who are on one side alone by now: no event tells that they are gone. */
function judgeListed(
  { conflicts }: SyncResult,
  expected: readonly string[],
  known: ReadonlySet<string | null>,
): string[] {
  return conflicts
    .filter(({ contactId }) => contactId === null || known.has(contactId))
    .filter(({ contactId, field }) => !expected.includes(`${contactId} ${field}`))
    .map(({ contactId, field, reason }) => `listed, and none: ${contactId} ${field} ${reason}`);
}

type Again = {
  isSameFile: boolean;
  result: SyncResult | null;
  mode: string;
  requests: readonly string[];
  contacts: number;
  hasList: boolean;
};

/** With nothing edited, nothing is written, and nothing is asked that need not be read. */
export function judgeAgain(before: Seen, after: Seen, again: Again): string[] {
  const { isSameFile, result, mode, requests, contacts, hasList } = again;
  const violations: string[] = [];
  if (result === null) return ["the sync after was ended"];
  if (!isSameFile) violations.push("the file was written again");
  const writes = requests.filter((each) => !each.startsWith("GET "));
  if (writes.length > 0) violations.push(`written again: ${writes.join(", ")}`);
  const conflicts = new Set(result.conflicts.map(({ contactId }) => contactId)).size;
  const pages = Math.max(1, Math.ceil(contacts / 3));
  const needed = mode === "events" ? conflicts : hasList ? pages : contacts + 1;
  if (requests.length > needed)
    violations.push(`${requests.length} requests, and ${needed} are needed (${mode}): ${requests}`);
  for (const [person, { sides }] of before)
    for (const [name, { crm, inbox }] of sides) {
      const now = after.get(person)?.sides.get(name);
      if (now?.crm !== crm || now.inbox !== inbox) violations.push(`${person.phone}: ${name} goes to and fro`);
    }
  return violations;
}
