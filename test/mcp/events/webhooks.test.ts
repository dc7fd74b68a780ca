/** MCP Events by webhook: who may subscribe to what, for how long. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { createMemorySubscriptions } from "../../../mcp/events/subscription.ts";
import { createMcpHttp } from "../../../mcp/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { messageEvent } from "../../../testing/events.ts";
import { bearer, token } from "../http/requests.ts";
import { ask } from "../protocol/modern.ts";
import { scripted } from "../session.ts";
import { createEndpoint, secret, url } from "./endpoint.ts";
import { name, start } from "./world.ts";

test("a subscriber is challenged once, then sent each event in order, signed, with a place to come back to", async () => {
  using world = start();
  const { result } = await world.subscribe();
  expect(result).toMatchObject({ id: expect.stringMatching(/^sub_[0-9a-f]{32}$/), truncated: false });
  expect(result.refreshBefore).toBe("2026-11-01T13:00:00.000Z");
  expect(world.endpoint.received).toHaveLength(1);
  expect(world.endpoint.received[0]).toMatchObject({ signedBy: [secret], subscription: result.id });
  for (const id of ["evt_1", "evt_2"]) world.events.append(messageEvent(id));
  const [first, second] = await world.endpoint.take(2);
  expect([first?.id, second?.id]).toEqual(["evt_1", "evt_2"]);
  expect(first).toMatchObject({
    signedBy: [secret],
    subscription: result.id,
    url,
    body: {
      eventId: "evt_1",
      name,
      timestamp: expect.any(String),
      data: expect.any(Object),
      cursor: expect.any(String),
    },
  });
  // Whoever comes back with the first one's cursor is told of the second.
  const { result: page } = await world.request("events/poll", { name, cursor: first?.body.cursor });
  expect(page.events.map(({ eventId }: { eventId: string }) => eventId)).toEqual(["evt_2"]);
});

test("events are listed as deliverable where the operator lets them be, and nowhere else", async () => {
  using world = start();
  expect((await world.request("events/list", {})).result.events[0].delivery).toEqual(["poll", "push", "webhook"]);
  const without = createMcpHttp({ onsync: scripted({}), events: createEventLog(), token });
  const { error } = await ask(without, "events/subscribe", { name }, { headers: bearer });
  expect(error?.code).toBe(-32601);
});

describe("an address that does not answer the challenge is sent nothing", () => {
  test.each([
    ["another word", () => JSON.stringify({ challenge: "no" })],
    ["no JSON", () => "ok"],
    ["nothing", () => ""],
    ["a list", (challenge: string) => JSON.stringify([challenge])],
  ])("%s", async (_what, echo) => {
    using world = start();
    world.endpoint.answerChallenge(echo);
    const { error } = await world.subscribe();
    expect(error).toMatchObject({ code: -32015, data: { reason: "challenge_failed" } });
    world.events.append(messageEvent("evt_1"));
    for (let n = 0; n < 20; n++) await turn();
    expect([world.endpoint.received.length, world.store.list()]).toEqual([1, []]);
  });

  test("and how it failed is said by a word, never by its own", async () => {
    const failures = [
      [Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" }), "connection_refused"],
      [Object.assign(new Error("late"), { name: "TimeoutError" }), "timeout"],
      [Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "tls_error"],
    ] as const;
    for (const [failure, reason] of failures) {
      using world = start({ deliver: () => Promise.reject(failure) } as never);
      const { error } = await world.subscribe();
      expect(error).toMatchObject({ code: -32015, data: { reason } });
      expect(JSON.stringify(error)).not.toContain(failure.message);
    }
  });
});

test("an address that has answered is not asked again for five minutes, unless the secret is another", async () => {
  const other = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
  using world = start({ endpoint: createEndpoint([secret, other]) });
  await world.subscribe();
  await world.subscribe();
  await world.subscribe({ name: "contact.created" });
  expect(world.endpoint.received).toHaveLength(1);
  await world.subscribe({}, { secret: other });
  expect(world.endpoint.received).toHaveLength(2);
  world.time.now += 5 * 60_000;
  await world.subscribe({}, { secret: other });
  expect(world.endpoint.received).toHaveLength(3);
});

test("while a secret is replaced, both sign for five minutes", async () => {
  const other = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
  using world = start({ endpoint: createEndpoint([secret, other]) });
  await world.subscribe();
  await world.subscribe({}, { secret: other });
  world.events.append(messageEvent("evt_1"));
  expect((await world.endpoint.take(1)).at(-1)?.signedBy).toEqual([secret, other]);
  world.time.now += 5 * 60_000;
  world.events.append(messageEvent("evt_2"));
  expect((await world.endpoint.take(2)).at(-1)?.signedBy).toEqual([other]);
});

describe("refused as wrong", () => {
  test.each([
    ["a secret that is too short", {}, { secret: `whsec_${Buffer.alloc(23).toString("base64")}` }],
    ["a secret that is too long", {}, { secret: `whsec_${Buffer.alloc(65).toString("base64")}` }],
    ["a secret without its prefix", {}, { secret: Buffer.alloc(32).toString("base64") }],
    ["a secret that is no base64", {}, { secret: `whsec_${"-".repeat(40)}` }],
    ["an address without TLS", {}, { url: "http://hooks.example.com/" }],
    ["a private address", {}, { url: "https://10.0.0.1/" }],
    ["this machine", {}, { url: "https://localhost/" }],
    ["a metadata service", {}, { url: "https://169.254.169.254/" }],
    ["an address with a password in it", {}, { url: "https://user:secret@hooks.example.com/" }],
    ["no address at all", {}, { url: "nowhere" }],
    ["arguments, which no event takes", { arguments: { from: "x" } }, {}],
  ])("%s", async (_what, params, delivery) => {
    using world = start();
    const { error } = await world.subscribe(params, delivery);
    expect([error?.code, world.endpoint.received]).toEqual([-32602, []]);
  });

  test.each([
    ["an event that is not there", { name: "message.reacted" }, {}, -32011],
    ["another way of delivery", {}, { mode: "push" }, -32014],
  ])("%s", async (_what, params, delivery, code) => {
    using world = start();
    expect((await world.subscribe(params, delivery)).error?.code).toBe(code);
  });
});

test("nobody may subscribe or unsubscribe where the server knows no callers", async () => {
  const { token: _none, ...open } = { token, eventSubscriptions: createMemorySubscriptions() };
  const http = createMcpHttp({
    onsync: scripted({}),
    events: createEventLog(),
    deliver: createEndpoint().deliver,
    ...open,
  });
  const delivery = { url, secret };
  for (const method of ["events/subscribe", "events/unsubscribe"])
    expect((await ask(http, method, { name, delivery })).error?.code).toBe(-32012);
  http.close();
});

test("a subscription ends when it is not refreshed, and when the host says so", async () => {
  using world = start();
  await world.subscribe({ ttlMs: 60_000 });
  world.time.now += 60_000;
  world.events.append(messageEvent("evt_1"));
  while (world.store.list().length > 0) await turn();
  await world.subscribe();
  const unsubscribe = () => world.request("events/unsubscribe", { name, delivery: { url } });
  expect((await unsubscribe()).result).toMatchObject({ resultType: "complete" });
  expect((await unsubscribe()).error).toMatchObject({ code: -32011, data: { kind: "subscription" } });
});

test.each([
  ["nothing said", {}, 60],
  ["a second", { ttlMs: 1000 }, 1],
  ["ten minutes", { ttlMs: 600_000 }, 10],
  ["a year", { ttlMs: 365 * 86_400_000 }, 60],
  ["without end", { ttlMs: null }, 60],
])("a subscription kept in memory is granted an hour at most: %s", async (_what, params, minutes) => {
  using world = start();
  const { result } = await world.subscribe(params);
  expect((Date.parse(result.refreshBefore) - world.time.now) / 60_000).toBe(minutes);
});

test("a caller has a hundred subscriptions at most, and a refresh is none of them", async () => {
  using world = start();
  for (let n = 0; n < 100; n++) {
    const { error } = await world.subscribe({}, { url: `https://hooks.example.com/${n}` });
    expect(error).toBeUndefined();
  }
  const { error } = await world.subscribe({}, { url: "https://hooks.example.com/100" });
  expect(error).toMatchObject({ code: -32013, data: { limit: "subscriptions", max: 100 } });
  expect((await world.subscribe({}, { url: "https://hooks.example.com/0" })).error).toBeUndefined();
});

test("a subscriber that comes back from a place that is no more is told that events were skipped", async () => {
  using world = start();
  expect((await world.subscribe({ cursor: "gone.7" })).result).toMatchObject({ truncated: true });
});
