/** The event log as the feed of changes: what is read of it, from where, and what is noticed to be missing. */
import { expect, test } from "@jest/globals";
import { Committer } from "../../../../src/data/export/committer.ts";
import { EventFeed, type FeedOptions } from "../../../../src/data/export/feed/feed.ts";
import { createManualClock } from "../../../../testing/events.ts";
import { createMemoryTarget, type MemoryTarget } from "../../../../testing/exports/memory-target.ts";
import { createModelLog, type ModelLog } from "./model-log.ts";

let ids = 0;

function event(type: string, data: object, more: object = {}) {
  ids += 1;
  return { id: `evt_${ids}`, type, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z", data, ...more };
}

function message(id: string, status: string, more: object = {}) {
  const fixed = { conversationId: "whatsapp:+1", type: "text", direction: "outbound" };
  return event("message.updated", { id, status, ...fixed, createdAt: "2024-12-01T10:00:00.000Z" }, more);
}

function openFeed(source: ModelLog, target: MemoryTarget, more: Partial<FeedOptions> = {}): EventFeed {
  const clock = createManualClock();
  const committer = new Committer(target, clock);
  return new EventFeed({ source, committer, table: "messages", orgId: "org_1", clock, ...more });
}

function readStatuses(target: MemoryTarget) {
  return Object.fromEntries(target.rows("messages").map(({ id, status }) => [id, status]));
}

test("events become rows, in whatever order and however often they came", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  for (const status of ["read", "queued", "delivered", "read", "sent"]) log.keep(message("msg_1", status));
  log.keep(message("msg_2", "failed"));
  log.keep(message("msg_2", "sent"));
  expect(await openFeed(log, target).catchUp()).toMatchObject({ events: 7, gap: null, isNew: true });
  expect(readStatuses(target)).toEqual({ msg_1: "read", msg_2: "failed" });
});

test("a table takes the events that are about it, and names the conversations of all", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(event("contact.created", { id: "contact_1", orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" }));
  log.keep(event("conversation.assigned", { id: "telegram:7", updatedAt: "2024-12-01T10:00:00.000Z" }));
  log.keep(message("msg_1", "sent"));
  const named: string[] = [];
  await openFeed(log, target, { noteNames: async (ids) => new Map(void named.push(...ids)) }).catchUp();
  expect(named).toEqual(["telegram:7", "whatsapp:+1"]);
  await openFeed(log, target, { table: "contacts" }).catchUp();
  await openFeed(log, target, { table: "conversations" }).catchUp();
  const tables = ["messages", "contacts", "conversations"] as const;
  expect(tables.map((table) => target.rows(table).map(({ id }) => id))).toEqual([
    ["msg_1"],
    ["contact_1"],
    ["telegram:7"],
  ]);
});

test("what was read is not read again, and an idle log costs the target nothing", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent"));
  await openFeed(log, target).catchUp();
  expect(await openFeed(log, target).catchUp()).toMatchObject({ events: 0, gap: null, isNew: false });
  target.fates.push("before");
  await openFeed(log, target).catchUp();
  expect(target.fates).toEqual(["before"]);
});

test("events that were forgotten before they were read are a gap, known from the moment that they are passed over", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent"));
  await openFeed(log, target).catchUp();
  log.keep(message("msg_2", "sent", { createdAt: "2024-12-01T11:00:00.000Z" }));
  log.keep(message("msg_3", "sent", { createdAt: "2024-12-01T12:00:00.000Z" }));
  log.forget(2);
  const since = Date.parse("2024-12-01T10:00:00.000Z");
  expect((await openFeed(log, target).catchUp()).gap).toEqual({ since });
  // A second one reaches no less far back.
  log.keep(message("msg_4", "sent"));
  log.forget(2);
  await openFeed(log, target).catchUp();
  const feed = openFeed(log, target);
  expect((await feed.catchUp()).gap).toBeNull();
  expect(await feed.findGap()).toEqual({ since });
  await feed.markGapReopened();
  expect(await openFeed(log, target).findGap()).toEqual({ since, isReopened: true });
  log.keep(message("msg_5", "sent"));
  log.forget(1);
  await openFeed(log, target).catchUp();
  expect(await openFeed(log, target).findGap()).toEqual({ since });
});

test("events that were read before they were forgotten are no gap", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent"));
  log.keep(event("contact.updated", { id: "contact_1" }));
  await openFeed(log, target).catchUp();
  log.forget(2);
  log.keep(message("msg_2", "sent"));
  expect((await openFeed(log, target).catchUp()).gap).toBeNull();
});

test("what was forgotten before the feed began is no gap: a backfill reads it", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent"));
  log.keep(message("msg_2", "sent"));
  log.forget(1);
  expect(await openFeed(log, target).catchUp()).toMatchObject({ isNew: true, gap: null, events: 1 });
  expect(readStatuses(target)).toEqual({ msg_2: "sent" });
});

test("a log that was made anew, or put back to an older copy, is a gap, and is read from its beginning", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  for (const id of ["msg_1", "msg_2", "msg_3"]) log.keep(message(id, "sent"));
  await openFeed(log, target).catchUp();
  log.replace();
  log.keep(message("msg_4", "sent"));
  expect((await openFeed(log, target).catchUp()).gap).not.toBeNull();
  const older = createModelLog();
  older.replace();
  expect((await openFeed(older, target).catchUp()).gap).not.toBeNull();
  expect(Object.keys(readStatuses(target))).toEqual(["msg_1", "msg_2", "msg_3", "msg_4"]);
});

test("an event that cannot be read is a gap, and one without an id is counted", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  await openFeed(log, target).catchUp();
  const read = log.read;
  log.keep(event("message.created", { conversationId: "whatsapp:+1" }));
  expect(await openFeed(log, target).catchUp()).toMatchObject({ unknown: 1, gap: null });
  log.keep(message("msg_1", "sent"));
  log.read = async (query) => {
    const page = await read(query);
    return { ...page, events: page.events.map(({ position }) => ({ position, body: "{" })) };
  };
  expect((await openFeed(log, target).catchUp()).gap).not.toBeNull();
});

test("events of another org are passed over; where nothing tells whose they are, they stop it", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent", { orgId: "org_2" }));
  log.keep(message("msg_2", "sent"));
  await openFeed(log, target).catchUp();
  expect(readStatuses(target)).toEqual({ msg_2: "sent" });
  const untold = createMemoryTarget();
  await expect(openFeed(log, untold, { orgId: null }).catchUp()).rejects.toThrow(/events of org_2 and of org_1/);
  expect(untold.rows("messages")).toEqual([]);
});

test("where nothing tells, the org of the first event is kept for the next time", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  log.keep(message("msg_1", "sent"));
  await openFeed(log, target, { orgId: null }).catchUp();
  log.keep(message("msg_2", "sent", { orgId: "org_2" }));
  await expect(openFeed(log, target, { orgId: null }).catchUp()).rejects.toThrow(/events of org_1 and of org_2/);
});

test("rows are left out, or in part, as the export chooses", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  for (const id of ["msg_1", "msg_2"]) log.keep(message(id, "sent"));
  const choose: FeedOptions["choose"] = (row) => (row.id === "msg_1" ? null : { ...row, content: "left out" });
  await openFeed(log, target, { choose }).catchUp();
  expect(target.rows("messages")).toMatchObject([{ id: "msg_2", content: "left out" }]);
});

test("it follows: each event is in the target at once, and a stop leaves the place behind the last", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  const stop = new AbortController();
  const clock = { ...createManualClock(), sleep: () => new Promise<void>(() => {}) };
  let rounds = 0;
  const followed = openFeed(log, target, { clock }).follow({
    signal: stop.signal,
    onReading() {
      rounds += 1;
      if (rounds === 3) stop.abort();
      else log.keep(message(`msg_${rounds + 1}`, "sent"));
    },
  });
  log.keep(message("msg_1", "sent"));
  await followed;
  expect(Object.keys(readStatuses(target))).toEqual(["msg_1", "msg_2", "msg_3"]);
  expect(await openFeed(log, target).catchUp()).toMatchObject({ events: 0, gap: null });
});

test("a log that is away for a while is asked again, later and later; a target that fails ends it", async () => {
  const [log, target] = [createModelLog(), createMemoryTarget()];
  const stop = new AbortController();
  const waits: number[] = [];
  const clock = { ...createManualClock(), sleep: async (ms: number) => void waits.push(ms) };
  const read = log.read;
  let failures = 0;
  log.read = () => {
    failures += 1;
    if (failures > 4) log.read = read;
    return Promise.reject(new Error("Redis is away"));
  };
  log.keep(message("msg_1", "sent"));
  const troubles: unknown[] = [];
  const feed = openFeed(log, target, { clock });
  await feed.follow({
    signal: stop.signal,
    onReading: () => stop.abort(),
    onTrouble: (error) => troubles.push((error as Error).message),
  });
  expect(troubles).toEqual(Array(5).fill("Redis is away"));
  expect(waits.map(Math.ceil)).toEqual([500, 1000, 2000, 4000, 8000]);
  target.fates.push("before");
  log.keep(message("msg_2", "sent"));
  await expect(feed.follow({ signal: new AbortController().signal })).rejects.toThrow("Killed");
});
