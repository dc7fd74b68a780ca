/** The judge of syncs finds what it is there to find. */
import { expect, test } from "@jest/globals";
import type { SyncResult } from "../../src/data/index.ts";
import { judge, judgeAgain, type Seen } from "../../testing/syncs/judge.ts";
import type { Sides } from "../../testing/syncs/model.ts";
import { Person } from "../../testing/syncs/people.ts";

function see(person: Person, name: string, sides: Sides, notes = "ours"): Seen {
  return new Map([
    [person, { hasRow: true, hasContact: true, contactId: "contact_1", notes, sides: new Map([[name, sides]]) }],
  ]);
}

const same = { crm: "old", inbox: "old" };
const result = { conflicts: [] as SyncResult["conflicts"] } as SyncResult;
const listed = { ...result, conflicts: [{ contactId: "contact_1", field: "firstName" }] } as unknown as SyncResult;

/** What is said of a sync that made of `before`, which both sides have met in as `old`, what is `after`. */
function judgeOne(name: string, before: Sides, after: Sides, of: SyncResult | null = result, notes = "ours"): string[] {
  const person = new Person(1);
  person.fields[name]?.settle(same);
  person.hasMet = true;
  const [was, is] = [see(person, name, before), see(person, name, after, notes)];
  return judge({
    people: [person],
    before: was,
    after: is,
    result: of,
    edited: new Set(),
    hidden: new Set(),
    mode: "list",
  });
}

test.each<[string, string[]]>([
  ["an edit of the CRM that is lost", judgeOne("firstName", { crm: "new", inbox: "old" }, same)],
  [
    "an edit that is not brought over",
    judgeOne("firstName", { crm: "new", inbox: "old" }, { crm: "new", inbox: "old" }),
  ],
  ["an owner that is overruled", judgeOne("lastName", { crm: "a", inbox: "b" }, { crm: "b", inbox: "b" })],
  ["a conflict that is guessed", judgeOne("firstName", { crm: "a", inbox: "b" }, { crm: "a", inbox: "a" })],
  ["a conflict that is not listed", judgeOne("firstName", { crm: "a", inbox: "b" }, { crm: "a", inbox: "b" })],
  ["a conflict that is none", judgeOne("firstName", same, same, listed)],
  ["a cell that is nothing to it", judgeOne("firstName", same, same, result, "theirs")],
  [
    "a value from nowhere, after an end",
    judgeOne("firstName", { crm: "new", inbox: "old" }, { crm: "x", inbox: "old" }, null),
  ],
])("%s is found", (_what, violations) => {
  expect(violations).not.toEqual([]);
});

test.each<[string, string[]]>([
  ["an edit that is brought over", judgeOne("firstName", { crm: "new", inbox: "old" }, { crm: "new", inbox: "new" })],
  [
    "a conflict that is left and listed",
    judgeOne("firstName", { crm: "a", inbox: "b" }, { crm: "a", inbox: "b" }, listed),
  ],
  [
    "what an end leaves undone",
    judgeOne("firstName", { crm: "new", inbox: "old" }, { crm: "new", inbox: "old" }, null),
  ],
])("%s is right", (_what, violations) => {
  expect(violations).toEqual([]);
});

test("what is written or asked again without need is found", () => {
  const person = new Person(1);
  const seen = see(person, "firstName", same);
  const again = { isSameFile: true, result, mode: "list", requests: ["GET /contacts"], contacts: 1, hasList: true };
  expect(judgeAgain(seen, seen, again)).toEqual([]);
  expect(judgeAgain(seen, seen, { ...again, isSameFile: false })).toHaveLength(1);
  expect(judgeAgain(seen, seen, { ...again, requests: ["PATCH /contacts/contact_1"] })).toHaveLength(1);
  expect(judgeAgain(seen, seen, { ...again, requests: ["GET /contacts", "GET /contacts"] })).toHaveLength(1);
  expect(judgeAgain(seen, see(person, "firstName", { crm: "x", inbox: "x" }), again)).toHaveLength(1);
});
