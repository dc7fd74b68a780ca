import { expect, test } from "@jest/globals";
import * as z from "zod";
import { createMcpHttp } from "../../../mcp/index.ts";
import { eventTypes, sampleEvent } from "../../../src/api/index.ts";
import { createDurableLog, createEventLog } from "../../../src/webhooks/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { connect, scripted } from "../session.ts";

const Poll = z.looseObject({
  events: z.array(
    z.looseObject({ eventId: z.string(), name: z.string(), timestamp: z.string(), data: z.looseObject({}) }),
  ),
  cursor: z.string(),
  truncated: z.boolean(),
  hasMore: z.boolean(),
  nextPollMs: z.number(),
});

const onsync = scripted({});

type Session = Awaited<ReturnType<typeof connect>>;

function poll(session: Session, params: Record<string, unknown>) {
  return session.client.request({ method: "events/poll", params }, Poll);
}

test("the Events extension is announced, and lists every event, where a receiver runs", async () => {
  await using session = await connect({ onsync, events: createEventLog() });
  expect(session.client.getServerCapabilities()?.extensions).toEqual({
    "io.modelcontextprotocol/events": {},
    "io.modelcontextprotocol/skills": {},
  });
  const { events } = await session.client.request(
    { method: "events/list" },
    z.looseObject({ events: z.array(z.looseObject({})) }),
  );
  expect(events.map(({ name, delivery }) => [name, delivery])).toEqual(
    eventTypes.map((type) => [type, ["poll", "push"]]),
  );
});

test("the Events extension is not there without a receiver, nor where the operator has taken the tool away", async () => {
  for (const options of [
    { onsync },
    { onsync, events: createEventLog(), safety: { toolsets: ["contacts"] as never } },
  ]) {
    await using session = await connect(options);
    expect(session.client.getServerCapabilities()?.extensions).toEqual({ "io.modelcontextprotocol/skills": {} });
    await expect(poll(session, { name: "message.created", cursor: null })).rejects.toMatchObject({ code: -32601 });
  }
});

test("a first poll starts from now; each cursor goes on, one kind of event at a time, in pages", async () => {
  const store = openSqliteStore({ file: ":memory:" });
  await using session = await connect({ onsync, events: createDurableLog(store) });
  await store.accept(toIncoming(messageEvent("evt_0")));
  const first = await poll(session, { name: "message.created", cursor: null });
  expect(first).toMatchObject({ events: [], truncated: false, hasMore: false });
  for (const id of ["evt_1", "evt_2", "evt_3"]) await store.accept(toIncoming(messageEvent(id)));
  await store.accept(toIncoming({ ...sampleEvent("contact.created"), id: "evt_4" }));
  const second = await poll(session, { name: "message.created", cursor: first.cursor, maxEvents: 2 });
  expect(second.events.map(({ eventId, name }) => [eventId, name])).toEqual([
    ["evt_1", "message.created"],
    ["evt_2", "message.created"],
  ]);
  expect(second).toMatchObject({ hasMore: true, truncated: false });
  const third = await poll(session, { name: "message.created", cursor: second.cursor });
  expect(third.events.map(({ eventId }) => eventId)).toEqual(["evt_3"]);
  expect(third.hasMore).toBe(false);
  await store.close();
});

test("a poll says when events were skipped: too old for the request, or of a log that is gone", async () => {
  const store = openSqliteStore({ file: ":memory:" });
  const now = () => Date.parse("2024-12-01T10:00:10.000Z");
  await using session = await connect({ onsync, events: createDurableLog(store), now });
  const { cursor } = await poll(session, { name: "message.created" });
  await store.accept(toIncoming(messageEvent("evt_old", "a", 0)));
  await store.accept(toIncoming(messageEvent("evt_new", "a", 9000)));
  const recent = await poll(session, { name: "message.created", cursor, maxAgeMs: 5000 });
  expect(recent.events.map(({ eventId }) => eventId)).toEqual(["evt_new"]);
  expect(recent.truncated).toBe(true);
  expect(await poll(session, { name: "message.created", cursor: "gone.7" })).toMatchObject({ truncated: true });
  await store.close();
});

test("customer text in events is fenced, and the fence explained", async () => {
  const events = createEventLog();
  await using session = await connect({ onsync, events });
  const { cursor } = await poll(session, { name: "message.created" });
  events.append(sampleEvent("message.created"));
  const answer = await poll(session, { name: "message.created", cursor });
  const note = String((answer._meta as Record<string, unknown>)?.["onsync/customerText"]);
  expect(note).toMatch(/customer/i);
  const { content } = sampleEvent("message.created").data;
  expect(JSON.stringify(answer.events)).toContain(content as string);
  expect(answer.events[0]?.data.content).not.toBe(content);
});

test.each<[string, Record<string, unknown>, number]>([
  ["an event that is not there", { name: "message.reacted" }, -32011],
  ["arguments", { name: "message.created", arguments: { from: "x" } }, -32602],
])("refuses %s", async (_what, params, code) => {
  await using session = await connect({ onsync, events: createEventLog() });
  await expect(poll(session, params)).rejects.toMatchObject({ code });
});

test("events can be polled over HTTP as well", async () => {
  const http = createMcpHttp({ onsync, events: createEventLog() });
  const response = await http.fetch(
    new Request("http://127.0.0.1/mcp", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "events/poll",
        params: { name: "contact.created", cursor: null },
      }),
    }),
  );
  expect(await response.json()).toMatchObject({ result: { events: [], cursor: expect.any(String) } });
});
