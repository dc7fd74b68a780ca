/** What a backfill has in the end: each row once, none left out, however the inbox moves meanwhile and wherever it is stopped. */
import { expect, test } from "@jest/globals";
import { createHastyClock, exportTo, listParts, readParts } from "../../../testing/exports/export-to.ts";
import { Inbox } from "../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

function idsOf(rows: readonly Record<string, unknown>[]): unknown[] {
  return rows.map(({ id }) => id).sort();
}

test("every message of every conversation is there once, and what it is complete up to is said", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(3, 250);
  const asOf = inbox.now;
  const result = await exportTo(folder.path, inbox);
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(result).toMatchObject({ rows: 750, unknown: [], complete: true });
  // What came in the last half minute may be shown late.
  expect(result.completeUpTo).toBe(new Date(asOf - 30_000).toISOString());
  // The account, the list, and three pages for each conversation.
  expect(result.requests).toBe(2 + 9);
});

test("rows are whole records, under the API's own names", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox();
  const message = inbox.addMessage("whatsapp:+971500000000", { status: "read", mood: "good" });
  await exportTo(folder.path, inbox);
  expect(readParts(folder.path)).toEqual([message]);
});

test("again means what is new: a conversation in which nothing was written is not asked for", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(30, 3);
  inbox.now += 60_000;
  await exportTo(folder.path, inbox);
  inbox.paths.length = 0;
  const fresh = inbox.addMessage("whatsapp:+971500000007");
  const result = await exportTo(folder.path, inbox);
  expect(result).toMatchObject({ rows: 1, requests: 2, unknown: [] });
  expect(inbox.paths).toEqual(["/conversations", "/conversations/whatsapp:+971500000007/messages"]);
  expect(listParts(folder.path)).toHaveLength(2);
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(readParts(folder.path).at(-1)).toMatchObject({ id: fresh.id });
});

test("contacts and conversations come as whole records, too, and each change is another row", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox({ listSize: 4 }).fill(9, 1);
  for (let number = 0; number < 9; number++) inbox.addContact();
  const tables = ["contacts", "conversations"] as const;
  const first = await exportTo(folder.path, inbox, { tables });
  expect(first).toMatchObject({ rows: 18, unknown: [], complete: true });
  expect(idsOf(readParts(folder.path, "contacts"))).toEqual(idsOf(inbox.contacts));
  expect(idsOf(readParts(folder.path, "conversations"))).toEqual([...inbox.conversations.keys()].sort());
  Object.assign(inbox.contacts[3] ?? {}, { firstName: "Layla", updatedAt: "2025-01-01T00:00:00.000Z" });
  expect(await exportTo(folder.path, inbox, { tables })).toMatchObject({ rows: 1 });
  expect(readParts(folder.path, "contacts").at(-1)).toMatchObject({ firstName: "Layla" });
});

test("conversations that move up the list while it is read are not missed", async () => {
  using folder = temporaryFolder();
  const inbox: Inbox = new Inbox({
    listSize: 5,
    before({ path, query }) {
      // Those at the end come to the top while the middle is read, and a new one is made.
      if (path !== "/conversations" || query.get("cursor") === null || inbox.now > moved) return;
      for (const id of [...inbox.conversations.keys()].slice(0, 6)) inbox.addMessage(id);
      inbox.addMessage("whatsapp:+971599999999");
    },
  }).fill(20, 1);
  const moved = inbox.now;
  const result = await exportTo(folder.path, inbox, { tables: ["messages", "conversations"] });
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(new Set(idsOf(readParts(folder.path, "conversations"))).size).toBe(21);
  expect(result).toMatchObject({ unknown: [], complete: true });
});

test("messages that arrive and go while a history is read, and many of one instant, change nothing for the others", async () => {
  using folder = temporaryFolder();
  const id = "whatsapp:+971500000000";
  let pages = 0;
  const gone: string[] = [];
  const inbox: Inbox = new Inbox({
    before({ path }) {
      if (!path.endsWith("/messages")) return;
      pages += 1;
      inbox.addMessage(id);
      const [removed] = inbox.messages.get(id)?.splice(40 + pages, 1) ?? [];
      if (removed) gone.push(removed.id);
    },
  });
  // Pages end within an instant.
  for (let index = 0; index < 700; index++) inbox.addMessage(id, { at: inbox.now + Math.floor(index / 60) });
  const original = idsOf(inbox.allMessages);
  const result = await exportTo(folder.path, inbox);
  const ids = idsOf(readParts(folder.path));
  expect(new Set(ids).size).toBe(ids.length);
  expect(original.filter((each) => !gone.includes(each as string) && !ids.includes(each))).toEqual([]);
  expect(pages).toBeGreaterThan(7);
  expect(result.unknown).toEqual([]);
});

test("more messages of one instant than a page holds cannot be reached: that is said, and nothing is called complete", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox();
  const { now } = inbox;
  for (let index = 0; index < 150; index++) inbox.addMessage("whatsapp:+971500000000", { at: now });
  inbox.addMessage("whatsapp:+971500000000", { at: now - 1 });
  const result = await exportTo(folder.path, inbox);
  expect(readParts(folder.path)).toHaveLength(101);
  expect(result).toMatchObject({ completeUpTo: null, complete: true });
  expect(result.unknown).toEqual([{ what: "messages that OnSync does not give a way to read", count: 1 }]);
});

test("a page size that is refused, and faults on the way, lose nothing and repeat nothing", async () => {
  using folder = temporaryFolder();
  // Counted by what is asked for: beside others, one conversation's retries could all have met a third request.
  const asked = new Map<string, number>();
  const inbox: Inbox = new Inbox({
    before({ path, query }) {
      const number = (asked.get(path) ?? 0) + 1;
      asked.set(path, number);
      if (Number(query.get("limit")) > 50)
        return Response.json({ error: { code: "validation_failed", message: "limit is too large" } }, { status: 400 });
      if (number % 3 === 0) return new Response("<html>", { status: 502 });
      if (number % 4 === 0)
        return Response.json(
          { error: { code: "rate_limited", message: "wait" } },
          { status: 429, headers: { "retry-after": "1" } },
        );
      return undefined;
    },
  }).fill(4, 120);
  const result = await exportTo(folder.path, inbox, { clock: createHastyClock() });
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  expect(result).toMatchObject({ rows: 480, unknown: [], complete: true });
});

test("a conversation that cannot be read is said, holds up no other, and is read with the next export", async () => {
  using folder = temporaryFolder();
  let isBroken = true;
  const inbox: Inbox = new Inbox({
    before: ({ path }) => (isBroken && path.includes("00000001") ? new Response("{}", { status: 500 }) : undefined),
  }).fill(3, 5);
  const result = await exportTo(folder.path, inbox, { clock: createHastyClock() });
  expect(result).toMatchObject({ rows: 10, completeUpTo: null, complete: true });
  expect(result.unknown).toEqual([{ what: "conversations that could not be read to their beginning", count: 1 }]);
  isBroken = false;
  expect(await exportTo(folder.path, inbox)).toMatchObject({ rows: 5, unknown: [] });
  expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
});

test("a message whose status is read late never moves backwards, and one that moved on is another row", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox();
  const message = inbox.addMessage("whatsapp:+971500000000", { direction: "outbound", status: "delivered" });
  await exportTo(folder.path, inbox);
  for (const status of ["sent", "queued", "delivered", "read"]) {
    message.status = status;
    inbox.addMessage("whatsapp:+971500000000");
    await exportTo(folder.path, inbox);
  }
  const statuses = readParts(folder.path).filter(({ id }) => id === message.id);
  expect(statuses.map(({ status }) => status)).toEqual(["delivered", "read"]);
});

test("a record without an id is counted, and what is exported is not called complete", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(1, 3);
  Object.assign(inbox.allMessages[1] ?? {}, { id: "" });
  const result = await exportTo(folder.path, inbox);
  expect(result).toMatchObject({ rows: 2, completeUpTo: null });
  expect(result.unknown).toEqual([{ what: "messages that OnSync does not give a way to read", count: 1 }]);
});

test("stopped at any request, the next export goes on, and in the end each row is there once", async () => {
  const requests = await (async () => {
    using folder = temporaryFolder();
    return (await exportTo(folder.path, new Inbox({ listSize: 2 }).fill(3, 110))).requests;
  })();
  for (let at = 1; at <= requests; at++) {
    using folder = temporaryFolder();
    const stopping = new AbortController();
    const inbox: Inbox = new Inbox({ listSize: 2, before: ({ count }) => count === at && stopping.abort() }).fill(
      5,
      210,
    );
    const stopped = await exportTo(folder.path, inbox, { signal: stopping.signal });
    expect(stopped).toMatchObject({ complete: false, completeUpTo: null });
    const result = await exportTo(folder.path, inbox);
    expect(result).toMatchObject({ unknown: [], complete: true });
    expect(idsOf(readParts(folder.path))).toEqual(idsOf(inbox.allMessages));
  }
});

test("a gateway that has no list for a moment is not taken for an OnSync without one", async () => {
  using folder = temporaryFolder();
  const denied = new Set<string>();
  const inbox = new Inbox({
    before({ path }) {
      if (path.endsWith("/messages") || denied.has(path)) return;
      denied.add(path);
      return new Response("<html>Not found</html>", { status: 404, headers: { "content-type": "text/html" } });
    },
  }).fill(3, 1);
  const result = await exportTo(folder.path, inbox, { clock: createHastyClock() });
  expect([...denied]).toEqual(["/me", "/conversations"]);
  expect(result).toMatchObject({ rows: 3, unknown: [], complete: true });
});
