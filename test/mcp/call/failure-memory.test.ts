/** Repeated failing calls cost nothing. */
import { describe, expect, test } from "@jest/globals";
import { createCallKey, createFailureMemory, showsChange } from "../../../mcp/call/failure-memory.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { sampleEvent, samples } from "../../../src/api/index.ts";
import {
  NotFoundError,
  RateLimitError,
  ServerError,
  UnknownOutcomeError,
  WindowClosedError,
} from "../../../src/client/errors/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, envelope, scripted } from "../session.ts";

const api = { method: "GET", path: "/contacts/x", requestId: "req_1" };

function notFound() {
  return new NotFoundError("none", { ...api, status: 404, code: "not_found" });
}

const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };
const conversationId = "whatsapp:+971500000000";

/** Counts requests; each fails with the next error, or succeeds where there is none. */
async function world(safety: SafetySettings = {}) {
  const errors: Error[] = [];
  const time = { now: Date.parse("2024-12-01T12:00:00.000Z") };
  let requests = 0;
  const answer =
    <Answer>(value: Answer) =>
    async (): Promise<Answer> => {
      requests++;
      const error = errors.shift();
      if (error) throw error;
      return value;
    };
  const events = createEventLog();
  const session = await connect({
    events,
    safety,
    now: () => time.now,
    onsync: scripted({
      contacts: {
        get: answer({ ...samples.contact, ...envelope }),
        save: answer({ ...samples.contact, ...envelope, created: true }),
      },
      messages: {
        send: answer({ ...samples.sentMessage, ...envelope }),
        list: answer({
          data: [{ ...samples.inboundMessage, createdAt: envelope.timestamp }],
          nextBefore: null,
          ...envelope,
        }),
      },
    }),
  });
  return {
    errors,
    events,
    time,
    call: session.call,
    requests: () => requests,
    [Symbol.asyncDispose]: () => session.client.close(),
  };
}

test("an identical failing call within a minute is answered from memory, then asked again", async () => {
  await using one = await world();
  one.errors.push(notFound());
  const first = await one.call("get_contact", { contactId: "contact_1" });
  one.time.now += 20_000;
  const again = await one.call("get_contact", { contactId: "contact_1" });
  expect(again.isError).toBe(true);
  expect(again.text).toContain("You made this same call 20 s ago");
  expect(again.text).toContain("another 40 s");
  expect(again.text).toContain(first.text);
  expect(one.requests()).toBe(1);
  one.time.now += 40_000;
  expect((await one.call("get_contact", { contactId: "contact_1" })).isError).toBe(false);
  expect(one.requests()).toBe(2);
});

test("other arguments are another call", async () => {
  await using one = await world();
  one.errors.push(notFound());
  await one.call("get_contact", { contactId: "contact_1" });
  expect((await one.call("get_contact", { contactId: "contact_2" })).isError).toBe(false);
  expect(createCallKey("a", { b: 1, c: { d: [1, 2], e: 3 } })).toBe(
    createCallKey("a", { c: { e: 3, d: [1, 2] }, b: 1 }),
  );
  expect(createCallKey("a", { b: [1, 2] })).not.toBe(createCallKey("a", { b: [2, 1] }));
});

test("a failure that is safe to repeat is not remembered, but for a 429 until its time has come", async () => {
  await using one = await world();
  one.errors.push(new ServerError("boom", { ...api, status: 503, code: "unavailable" }));
  await one.call("get_contact", { contactId: "contact_1" });
  expect((await one.call("get_contact", { contactId: "contact_1" })).isError).toBe(false);
  const limits = { retryAfterMs: 30_000, limit: 1000, remaining: 0, resetAt: null };
  one.errors.push(new RateLimitError("slow", { ...api, status: 429, code: "rate_limited", ...limits }));
  await one.call("get_contact", { contactId: "contact_3" });
  one.time.now += 29_999;
  expect((await one.call("get_contact", { contactId: "contact_3" })).error?.code).toBe("rate_limited");
  expect(one.requests()).toBe(3);
  one.time.now += 1;
  expect((await one.call("get_contact", { contactId: "contact_3" })).isError).toBe(false);
});

test("a send whose outcome is unknown is not made again within the minute, whatever succeeds in between", async () => {
  await using one = await world();
  one.errors.push(new UnknownOutcomeError("?", { clientReference: "r", conversationId }));
  await one.call("send_message", text);
  expect((await one.call("save_contact", { phone: "+971500000000" })).isError).toBe(false);
  expect((await one.call("send_message", text)).error?.code).toBe("unknown_outcome");
  expect(one.requests()).toBe(2);
});

describe("what changes the situation ends the memory", () => {
  test("a write lets the failed call be made again", async () => {
    await using one = await world();
    one.errors.push(notFound());
    await one.call("get_contact", { contactId: "contact_1" });
    await one.call("save_contact", { phone: "+971500000000" });
    expect((await one.call("get_contact", { contactId: "contact_1" })).isError).toBe(false);
  });

  test.each([
    ["check_messaging_window", { conversationId }],
    ["list_messages", { conversationId }],
    ["wait_for_events", { cursor: "" }],
  ])("%s that shows the window open", async (tool, args) => {
    await using one = await world();
    const { cursor } = (await one.call("wait_for_events", { timeoutSeconds: 0 })).data;
    const closed = { ...api, status: 400, code: "outside_messaging_window", window: null };
    one.errors.push(new WindowClosedError("closed", closed));
    await one.call("send_message", text);
    expect((await one.call("send_message", text)).isError).toBe(true);
    one.events.append(sampleEvent("message.created"));
    const shown = await one.call(tool, "cursor" in args ? { cursor } : args);
    expect(shown.isError).toBe(false);
    expect((await one.call("send_message", text)).isError).toBe(false);
  });
});

test("the preview of a send changes nothing: what failed before it stays remembered", async () => {
  await using one = await world({ send: "confirm" });
  one.errors.push(notFound());
  await one.call("get_contact", { contactId: "contact_1" });
  expect((await one.call("send_message", text)).data.sent).toBe(false);
  expect((await one.call("get_contact", { contactId: "contact_1" })).text).toContain("You made this same call");
  expect(one.requests()).toBe(1);
});

test.each([
  ["an open window", true, { open: true }],
  ["a closed window", false, { open: false }],
  ["messages behind an open window", true, { window: { open: true }, data: [] }],
  ["events", true, { cursor: "1", data: [{}] }],
  ["no event", false, { cursor: "1", data: [] }],
  ["a page of contacts", false, { data: [{}], nextCursor: "1" }],
  ["no data at all", false, undefined],
])("an answer of %s shows that something has changed: %s", (_what, expected, data) => {
  expect(showsChange(data)).toBe(expected);
});

test("an error of this server's own is not kept: it may be gone at the next call", () => {
  const memory = createFailureMemory(() => 0);
  memory.remember("own", { text: "t", retry: "look_first", code: "internal" });
  memory.remember("OnSync's", { text: "t", retry: "look_first", code: "internal", requestId: "req_1" });
  expect(memory.recall("own")).toBeUndefined();
  expect(memory.recall("OnSync's")?.text).toContain("t");
});

test("keeps a bounded number, the latest", () => {
  const memory = createFailureMemory(() => 0);
  for (let call = 0; call < 300; call++) memory.remember(`${call}`, { text: "t", retry: "after_change", code: "c" });
  expect(memory.recall("99")).toBeUndefined();
  expect(memory.recall("100")?.text).toContain("t");
});
