/** The judge of tortured imports finds what must never be: each kind of wrong outcome is one. */
import { expect, test } from "@jest/globals";
import type { StoredContact } from "../../testing/imports/inbox.ts";
import { type Ended, judgeImport } from "../../testing/imports/judge.ts";
import type { Attempt } from "../../testing/imports/server.ts";
import type { Source } from "../../testing/imports/source.ts";

function contact(id: string, externalId: string, firstName = "Sara"): StoredContact {
  return { id, firstName, properties: { externalId } };
}

function attempt(externalId: string, life: number, answered: boolean): Attempt {
  return { externalId, method: "POST", life, at: 0, worked: true, answered };
}

/** Two rows sent, one refused, one that repeats another: all as it must be. */
function rightEnd() {
  const source: Source = {
    text: "",
    expected: new Map(["a", "b"].map((id) => [id, { firstName: "Sara", properties: { externalId: id } }])),
    refusedLines: new Set([4]),
    rows: 4,
    repeats: 1,
    lineOf: new Map(),
  };
  const contacts = new Map([contact("contact_1", "a"), contact("contact_2", "b")].map((each) => [each.id, each]));
  const attempts = [attempt("a", 1, true), attempt("b", 1, false), attempt("b", 2, true)];
  const done = { rows: 4, created: 2, updated: 0, unchanged: 1, refused: 1, requests: 3, lost: 0, open: 0 };
  const server = { contacts, attempts, poison: new Set<string>(), refuse: new Set<string>() };
  return { source, server, done, refusedLines: [4], journalIds: ["contact_1", "contact_2"] } satisfies Ended;
}

test("finds nothing where all is as it must be", () => {
  expect(judgeImport(rightEnd())).toEqual([]);
});

type Right = ReturnType<typeof rightEnd>;

test.each<[string, (ended: Right) => void, string]>([
  ["a row that is lost", ({ server }) => server.contacts.delete("contact_2"), "lost: b is not there"],
  [
    "a row of another's words",
    ({ server }) => server.contacts.set("contact_2", contact("contact_2", "b", "Ali")),
    "lost: b firstName",
  ],
  [
    "a contact that is there twice",
    ({ server }) => server.contacts.set("contact_3", contact("contact_3", "b")),
    "twice",
  ],
  ["a contact of no row", ({ server }) => server.contacts.set("contact_3", contact("contact_3", "c")), "made up: c"],
  [
    "a row that was answered, sent again by the same process",
    ({ server }) => server.attempts.push(attempt("a", 1, true)),
    "sent twice: a",
  ],
  [
    "more answered rows sent again than can have been under way",
    ({ server }) => {
      for (const id of ["1", "2", "3", "4", "5"]) server.attempts.push(attempt(id, 1, true), attempt(id, 2, true));
    },
    "sent twice: 5 rows",
  ],
  ["counts that leave a row out", ({ done }) => (done.created = 1), "the counts are not of 4 rows"],
  ["a row that is open at the end", ({ done }) => (done.open = 1), "1 rows are open"],
  ["a refused row that no file has", ({ refusedLines }) => refusedLines.pop(), "refused lines"],
  ["a journal without a contact", ({ journalIds }) => journalIds.pop(), "the journal does not have contact_2"],
  ["a journal with another contact", ({ journalIds }) => journalIds.push("contact_9"), "the journal has contact_9"],
])("finds %s", (_what, spoil, violation) => {
  const ended = rightEnd();
  spoil(ended);
  expect(judgeImport(ended).join("\n")).toContain(violation);
});
