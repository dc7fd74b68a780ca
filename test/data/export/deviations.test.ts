/** What a live OnSync may do that the documentation does not say: late histories, answers of gateways, lists in another order. */
import { expect, test } from "@jest/globals";
import { createHastyClock, exportTo, readParts } from "../../../testing/exports/export-to.ts";
import { Inbox } from "../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

function idsOf(rows: readonly Record<string, unknown>[]): unknown[] {
  return rows.map(({ id }) => id).sort();
}

test("messages that a history shows late, and out of order, come with the next export, and are not called exported before", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(2, 3);
  const late = inbox.addMessage("whatsapp:+971500000000");
  const history = inbox.messages.get("whatsapp:+971500000000") ?? [];
  inbox.addMessage("whatsapp:+971500000000");
  history.splice(history.indexOf(late), 1);
  const first = await exportTo(folder.path, inbox);
  expect(Date.parse(first.completeUpTo ?? "")).toBeLessThan(Date.parse(late.createdAt));
  history.push(late);
  inbox.now += 60_000;
  const second = await exportTo(folder.path, inbox);
  expect(second).toMatchObject({ rows: 1, unknown: [] });
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(Date.parse(second.completeUpTo ?? "")).toBeGreaterThan(Date.parse(late.createdAt));
});

test("a 404 of a gateway is no answer of OnSync's: histories and lists are asked for again", async () => {
  using folder = temporaryFolder();
  let requests = 0;
  const inbox: Inbox = new Inbox({
    // Every third, and none of the first answers that tell that the address is right.
    before: () =>
      ++requests > 1 && requests % 3 === 0 ? new Response("<html>Not found</html>", { status: 404 }) : undefined,
  }).fill(4, 120);
  inbox.addContact();
  const result = await exportTo(folder.path, inbox, { tables: ["contacts", "messages"], clock: createHastyClock() });
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(result).toMatchObject({ rows: 481, unknown: [], complete: true });
});

test("a list that was read before is not taken for one that OnSync does not have", async () => {
  using folder = temporaryFolder();
  let isGone = false;
  const inbox: Inbox = new Inbox({
    before: ({ path }) =>
      isGone && path === "/conversations" ? new Response("<html>Not found</html>", { status: 404 }) : undefined,
  }).fill(2, 2);
  await exportTo(folder.path, inbox, { clock: createHastyClock() });
  isGone = true;
  await expect(exportTo(folder.path, inbox, { clock: createHastyClock() })).rejects.toThrow(
    "OnSync's list of conversations was read before, and is not there now.",
  );
  isGone = false;
  expect(await exportTo(folder.path, inbox, { clock: createHastyClock() })).toMatchObject({ unknown: [] });
});

test("a list that stands still is read twice at most, in whatever order it is", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ listSize: 6 }).fill(20, 1);
  // Not in the order that is told of.
  for (const [index, conversation] of [...inbox.conversations.values()].entries())
    Object.assign(conversation, { lastMessageAt: null, createdAt: new Date(index).toISOString() });
  await exportTo(folder.path, inbox, { tables: ["conversations"] });
  expect(inbox.paths.filter((path) => path === "/conversations").length).toBeLessThanOrEqual(8);
  expect(idsOf(readParts(folder.path, "conversations"))).toHaveLength(20);
});

test("contacts are as of when their list was begun, though it took several lives to read it", async () => {
  using folder = temporaryFolder();
  const stopping = new AbortController();
  const inbox: Inbox = new Inbox({ listSize: 3, before: ({ count }) => count === 3 && stopping.abort() });
  for (let number = 0; number < 9; number++) inbox.addContact();
  const begun = inbox.now;
  const setup = { tables: ["contacts"] as const };
  await exportTo(folder.path, inbox, { ...setup, signal: stopping.signal });
  inbox.now += 3_600_000;
  // Read already, and changed since.
  Object.assign(inbox.contacts[8] ?? {}, { firstName: "Layla", updatedAt: new Date(inbox.now).toISOString() });
  inbox.now += 3_600_000;
  const result = await exportTo(folder.path, inbox, setup);
  expect(idsOf(readParts(folder.path, "contacts"))).toEqual(idsOf(inbox.contacts));
  expect(result.completeUpTo).toBe(new Date(begun - 30_000).toISOString());
});

test("a second pass over the contacts, and a life that ends in it, make none of them newer than it was read", async () => {
  using folder = temporaryFolder();
  let requests = 0;
  let stopAt = 0;
  let stopping = new AbortController();
  const inbox: Inbox = new Inbox({ listSize: 3, before: () => ++requests === stopAt && stopping.abort() });
  for (let number = 0; number < 9; number++) inbox.addContact();
  // Not in the order of their creation: each pass is over all of them.
  for (const contact of inbox.contacts) contact.createdAt = "2024-11-01T00:00:00.000Z";
  const begun = inbox.now;
  for (stopAt = 2; stopAt <= 5; stopAt++) {
    stopping = new AbortController();
    await exportTo(folder.path, inbox, { tables: ["contacts"], signal: stopping.signal });
    inbox.now += 3_600_000;
  }
  const result = await exportTo(folder.path, inbox, { tables: ["contacts"] });
  expect(Date.parse(result.completeUpTo ?? "")).toBeLessThanOrEqual(inbox.now - 30_000);
  expect(Date.parse(result.completeUpTo ?? "")).toBeGreaterThanOrEqual(begun - 30_000);
  expect(idsOf(readParts(folder.path, "contacts"))).toEqual(idsOf(inbox.contacts));
});

test("a gateway's 404 for a contact is not taken for one that is not there", async () => {
  using folder = temporaryFolder();
  let isTroubled = true;
  const inbox: Inbox = new Inbox({
    extensions: { contacts: false, conversations: false },
    before: ({ path }) => {
      if (!path.startsWith("/contacts/") || !isTroubled) return undefined;
      isTroubled = false;
      return new Response("<html>Not found</html>", { status: 404 });
    },
  });
  const contact = inbox.addContact();
  const knownIds = [{ contactId: contact.id }];
  const result = await exportTo(folder.path, inbox, { tables: ["contacts"], knownIds, clock: createHastyClock() });
  expect(readParts(folder.path, "contacts")).toEqual([contact]);
  expect(result.unknown.map(({ what }) => what)).not.toContain("contacts that are named and not there");
});
