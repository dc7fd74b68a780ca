/** Exports with an event log: what the handover from backfill to feed comes to, what it costs, and how a gap is mended. */
import { expect, test } from "@jest/globals";
import { Inbox, type StoredMessage } from "../../../../testing/exports/inbox.ts";
import { createMemoryTarget } from "../../../../testing/exports/memory-target.ts";
import { createModelLog } from "./model-log.ts";
import { deliver, expectAll, run, write } from "./run.ts";

test("after a backfill the feed tells everything: another export makes no request", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(3, 2)];
  expect(await run(inbox, target, log)).toMatchObject({ rows: 6, requests: 5, complete: true });
  const known = write(inbox, log, "whatsapp:+971500000001");
  write(inbox, log, "whatsapp:+971599999999");
  deliver(log, Object.assign(known, { status: "read" }));
  inbox.paths.length = 0;
  expect(await run(inbox, target, log)).toMatchObject({ rows: 3, requests: 0, unknown: [], complete: true });
  expect(inbox.paths).toEqual([]);
  expectAll(target, inbox);
});

test("contacts and conversations come by the feed, too", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(1, 1)];
  const contact = inbox.addContact();
  const tables = ["contacts", "conversations"] as const;
  await run(inbox, target, log, { tables });
  deliver(
    log,
    Object.assign(contact, { firstName: "Layla", updatedAt: "2025-01-01T00:00:00.000Z" }),
    "contact.updated",
  );
  const [conversation] = [...inbox.conversations.values()];
  const resolved = { ...conversation, status: "resolved", updatedAt: "2025-01-01T00:00:00.000Z" };
  deliver(log, resolved, "conversation.resolved");
  expect(await run(inbox, target, log, { tables })).toMatchObject({ rows: 2, requests: 0 });
  expect(target.rows("contacts")).toMatchObject([{ firstName: "Layla" }]);
  expect(target.rows("conversations")).toMatchObject([{ status: "resolved" }]);
});

test("what is written and what moves while a backfill reads is there once, as it is in the end", async () => {
  const log = createModelLog();
  const target = createMemoryTarget();
  const inbox = new Inbox({
    // Before every answer: a new message anywhere, and an old one that moves on. Half is delivered late.
    before({ count }) {
      if (count > 40) return;
      const message = write(inbox, log, `whatsapp:+9715${String(count % 7).padStart(8, "0")}`);
      Object.assign(message, { status: "delivered" });
      if (count % 2 === 0) late.push({ ...message });
      else deliver(log, message);
    },
  }).fill(5, 120);
  const late: StoredMessage[] = [];
  await run(inbox, target, log);
  for (const message of late) deliver(log, message);
  await run(inbox, target, log);
  expectAll(target, inbox);
});

test("events that were gone before they were read are told of, and all is read again, statuses of old messages too", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(3, 150)];
  await run(inbox, target, log);
  const old = inbox.allMessages[0] as StoredMessage;
  deliver(log, Object.assign(old, { status: "read" }));
  write(inbox, log);
  log.forget(2);
  write(inbox, log, "whatsapp:+971500000001");
  const gaps: unknown[] = [];
  const result = await run(inbox, target, log, { onGap: (gap) => gaps.push(gap) });
  expect(gaps).toHaveLength(1);
  expect(result).toMatchObject({ rows: 3, unknown: [], complete: true });
  expectAll(target, inbox);
  // It is mended, and the feed is enough again.
  expect(await run(inbox, target, log, { onGap: (gap) => gaps.push(gap) })).toMatchObject({ rows: 0, requests: 0 });
  expect(gaps).toHaveLength(1);
});

test("a feed that begins after an export has to be joined to it by another one", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(2, 1)];
  // Nothing that was made can come late any more.
  inbox.now += 60_000;
  await run(inbox, target, log, { events: undefined });
  inbox.addMessage("whatsapp:+971500000000");
  expect(await run(inbox, target, log)).toMatchObject({ rows: 1, requests: 2 });
  expect(await run(inbox, target, log)).toMatchObject({ rows: 0, requests: 0 });
});

test("without a list of conversations those that the log names are read", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  const inbox = new Inbox({ extensions: { contacts: false, conversations: false } }).fill(2, 3);
  deliver(log, inbox.allMessages[0] as StoredMessage);
  const result = await run(inbox, target, log);
  expect(target.rows("messages")).toHaveLength(3);
  expect(result.unknown.map(({ what }) => what)).toEqual([expect.stringContaining("list of conversations")]);
  // One that is named later is read to its beginning, and the others are not read again.
  inbox.paths.length = 0;
  write(inbox, log, "whatsapp:+971500000001");
  await run(inbox, target, log);
  expect(inbox.paths).toEqual(["/conversations/whatsapp:+971500000001/messages"]);
  expectAll(target, inbox);
});

test("where OnSync does not say whose a key is, the contacts that events name tell which events are its own", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  const inbox = new Inbox({ extensions: { account: false } }).fill(1, 1);
  const contact = inbox.addContact();
  const [message] = inbox.allMessages as [StoredMessage];
  // The same ids, of another org.
  deliver(log, { ...contact, orgId: "org_2", firstName: "of another" }, "contact.updated", "org_2");
  deliver(log, { ...message, status: "read", content: "of another" }, "message.updated", "org_2");
  deliver(log, contact, "contact.updated");
  await run(inbox, target, log);
  expectAll(target, inbox);
  inbox.paths.length = 0;
  deliver(log, { ...message, status: "read", content: "of another" }, "message.updated", "org_2");
  await run(inbox, target, log);
  expectAll(target, inbox);
  expect(inbox.paths).toEqual([]);
});

test("it follows without a request until it is stopped, and the next export goes on from there", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(2, 1)];
  const stop = new AbortController();
  const read = log.read;
  log.read = (query) => {
    // The backfill has had its looks by then.
    if (log.reads === 8) stop.abort();
    else if (log.reads > 2) write(inbox, log, "whatsapp:+971500000001");
    return read(query);
  };
  const result = await run(inbox, target, log, { follow: true, pollMs: 1, signal: stop.signal });
  expect(result).toMatchObject({ complete: true, unknown: [], requests: 4 });
  expect(await run(inbox, target, log)).toMatchObject({ requests: 0 });
  expectAll(target, inbox);
});

test("a gap that comes up while it follows is mended there and then", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(2, 3)];
  await run(inbox, target, log);
  const stop = new AbortController();
  let gaps = 0;
  const followed = run(inbox, target, log, { follow: true, pollMs: 1, signal: stop.signal, onGap: () => (gaps += 1) });
  const source = log.read;
  let reads = 0;
  log.read = (query) => {
    reads += 1;
    if (reads === 3) {
      deliver(log, Object.assign(inbox.allMessages[0] as StoredMessage, { status: "read" }));
      log.forget(1);
    }
    if (gaps > 0 && reads > 8) stop.abort();
    return source(query);
  };
  expect(await followed).toMatchObject({ complete: true, unknown: [] });
  expect(gaps).toBe(1);
  expectAll(target, inbox);
});

test("with a feed it is complete up to what its events say, less the time that a delivery may take", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox().fill(1, 1)];
  const { completeUpTo } = await run(inbox, target, log);
  inbox.now += 3_600_000;
  const { createdAt } = write(inbox, log);
  const later = await run(inbox, target, log);
  expect(later.requests).toBe(0);
  expect(Date.parse(createdAt) - Date.parse(later.completeUpTo ?? "")).toBe(1.2 * 630_000 + 40_000);
  expect(Date.parse(later.completeUpTo ?? "")).toBeGreaterThan(Date.parse(completeUpTo ?? ""));
});

test("the log is of all contacts: with one alone it is refused", async () => {
  const [log, target, inbox] = [createModelLog(), createMemoryTarget(), new Inbox()];
  await expect(run(inbox, target, log, { contact: "contact_1" })).rejects.toThrow("The event log is of all contacts");
});
