/** Contacts are searched by words that are written later than they are: found is what the contacts say now, whoever changed them. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { openStore, type Store } from "../../../reference/store/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { createFolder } from "../folders.ts";

const orgId = "org_1";

function add(store: Store, index: number, name: string): void {
  const unset = { email: null, tags: [], channel: null, properties: {}, createdAt: 0, updatedAt: 0 };
  const [firstName, lastName] = [name, "Person"];
  store.contacts.insert({ id: `contact_${index}`, orgId, firstName, lastName, phone: `+971${index}`, ...unset });
}

function rename(store: Store, index: number, firstName: string): void {
  const contact = store.contacts.byId(orgId, `contact_${index}`);
  if (contact) store.contacts.update(contact, { ...contact, firstName });
}

function remove(store: Store, index: number): void {
  const contact = store.contacts.byId(orgId, `contact_${index}`);
  if (contact) store.contacts.delete(contact.seq);
}

function search(store: Store, query: string): string[] {
  return store.contacts.search({ orgId, query, limit: 1000 }).map(({ id }) => id);
}

/** SQLite's own judgement: throws where the words are not those of the contacts. */
function checkIndex({ sql }: Store): void {
  sql.exec("INSERT INTO contacts_words (contacts_words, rank) VALUES ('integrity-check', 1)");
}

function countUnwritten({ sql }: Store): number {
  return Number(sql.prepare("SELECT count(*) AS count FROM unwritten_words").get()?.count);
}

const name = fc.constantFrom("sara", "sarah", "noor", "nora", "zoe");
const index = fc.nat({ max: 5 });
const step = fc.record({
  what: fc.constantFrom("add", "rename", "remove", "search"),
  ...{ index, name, isUndone: fc.boolean(), isBeside: fc.boolean() },
});

test("whatever two processes add, change, remove and undo, a search finds who has the word now", () => {
  const folder = createFolder();
  let files = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const file = join(folder, `${files++}.db`);
      const stores = [openStore(file), openStore(file)] as const;
      const names = new Map<number, string>();
      for (const { what, index, name, isUndone, isBeside } of steps) {
        const store = stores[isBeside ? 1 : 0];
        if (what === "search") {
          const expected = [...names].filter(([, known]) => known.startsWith(name)).map(([each]) => `contact_${each}`);
          expect(search(store, name).sort()).toEqual(expected.sort());
          checkIndex(store);
          continue;
        }
        const isThere = names.has(index);
        const work = (): void => {
          if (what === "add" && !isThere) add(store, index, name);
          if (what === "rename") rename(store, index, name);
          if (what === "remove") remove(store, index);
          if (isUndone) throw new Error("undone");
        };
        if (isUndone) {
          expect(() => store.transaction(work)).toThrow("undone");
          continue;
        }
        store.transaction(work);
        if (what === "remove") names.delete(index);
        else if (what === "add" ? !isThere : isThere) names.set(index, name);
      }
      for (const store of stores) store.close();
    }),
    { numRuns: chooseRuns(100) },
  );
});

test("the words of few contacts wait, however many are added at once, and all of them are found", () => {
  const store = openStore();
  store.transaction(() => {
    for (let index = 0; index < 700; index++) add(store, index, `name${index}`);
  });
  expect(countUnwritten(store)).toBeLessThan(256);
  expect(search(store, "person")).toHaveLength(700);
  expect(search(store, "name699")).toEqual(["contact_699"]);
  expect(countUnwritten(store)).toBe(0);
  checkIndex(store);
  store.close();
});

test("a contact that is removed before its words are written leaves none to whoever takes its place", () => {
  const store = openStore();
  add(store, 1, "sara");
  expect(search(store, "sara")).toEqual(["contact_1"]);
  rename(store, 1, "noor");
  remove(store, 1);
  add(store, 2, "zoe");
  expect([search(store, "sara"), search(store, "noor"), search(store, "zoe")]).toEqual([[], [], ["contact_2"]]);
  checkIndex(store);
  store.close();
});
