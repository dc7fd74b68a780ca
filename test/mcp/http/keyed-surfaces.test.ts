/** Several orgs on one server, each by its own OnSync key: what a key is checked for, and what it gets of the others. */
import { expect, test } from "@jest/globals";
import { createMemorySubscriptions } from "../../../mcp/events/subscription.ts";
import { createMcpHttp, keyHeader, type McpHttpOptions } from "../../../mcp/index.ts";
import { createReference, type ReferenceOptions } from "../../../reference/index.ts";
import { type Scope, sampleEvent } from "../../../src/api/index.ts";
import { createOnSync, type OnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { createEventLog } from "../../../src/webhooks/index.ts";
import { post } from "./requests.ts";

const secretText = "the other org's secret";

/** Two orgs, a receiver that keeps the events of both, and a server for the keys of either. */
async function open(options: Partial<McpHttpOptions> = {}, api: ReferenceOptions = {}) {
  const reference = createReference(api);
  const other = await reference.control.createOrg({ name: "Other" });
  const asked: string[] = [];
  let now = Date.parse("2024-12-01T12:00:00.000Z");
  let down = false;
  const onsyncForKey = (apiKey: string): OnSync =>
    createOnSync({
      apiKey,
      baseUrl: "http://127.0.0.1/v1",
      maxAttempts: 1,
      transport: fetchTransport(async (request) => {
        asked.push(new URL(request.url).pathname);
        return down ? new Response("", { status: 503 }) : reference.fetch(request);
      }),
    });
  const events = createEventLog();
  const http = createMcpHttp({ onsyncForKey, events, now: () => now, ...options });
  const makeKey = async (orgId?: string, scopes?: Scope[]) =>
    reference.control.createKey({ ...(orgId && { orgId }), ...(scopes && { scopes }) });
  const { orgId: own } = await onsyncForKey(reference.key).contacts.save({ phone: "+971500000000" });
  asked.length = 0;
  for (const [orgId, content] of [
    [own, "our own text"],
    [other.id, secretText],
  ] as const) {
    const message = sampleEvent("message.created");
    events.append({ ...message, id: `evt_${orgId}`, orgId, data: { ...message.data, content } });
    events.append({ ...sampleEvent("contact.created"), id: `evt_contact_${orgId}`, orgId });
  }
  const ask = async (key: string, method: string, params: Record<string, unknown> = {}) => {
    const response = await http.fetch(post({ [keyHeader]: key }, { jsonrpc: "2.0", id: 1, method, params }));
    return { status: response.status, text: await response.text() };
  };
  return {
    reference,
    otherId: other.id,
    asked,
    makeKey,
    ask,
    call: (key: string, name: string, args: Record<string, unknown> = {}) =>
      ask(key, "tools/call", { name, arguments: args }),
    /** Everything that is kept, from the beginning. */
    readEvents: (key: string, args: Record<string, unknown> = {}) =>
      ask(key, "tools/call", {
        name: "wait_for_events",
        arguments: { cursor: "gone.0", timeoutSeconds: 0, detail: "full", ...args },
      }),
    advance: (ms: number) => {
      now += ms;
    },
    setDown: (value: boolean) => {
      down = value;
    },
    [Symbol.asyncDispose]: () => reference.close(),
  };
}

const hello = { to: "+971500000000", template: "order_follow_up", language: "en", parameters: ["Sara"] };

test("a made-up key gets no answer to anything, and no event", async () => {
  await using world = await open();
  const key = "onsync_pk_live_made_up";
  for (const method of ["initialize", "tools/list", "resources/list", "prompts/list", "events/list"])
    expect((await world.ask(key, method)).status).toBe(401);
  expect((await world.ask(key, "events/poll", { name: "message.created", cursor: "gone.0" })).status).toBe(401);
  const read = await world.readEvents(key);
  expect(read.status).toBe(401);
  expect(read.text).not.toContain(secretText);
});

test("a key reads the events of its own org, through the tool and through the Events extension", async () => {
  await using world = await open();
  const polled = await world.ask(world.reference.key, "events/poll", { name: "message.created", cursor: "gone.0" });
  for (const { status, text } of [await world.readEvents(world.reference.key), polled]) {
    expect(status).toBe(200);
    expect(text).toContain("our own text");
    expect(text).not.toContain(secretText);
  }
  const { key } = await world.makeKey(world.otherId);
  const others = await world.readEvents(key);
  expect(others.text).toContain(secretText);
  expect(others.text).not.toContain("our own text");
});

test("a key that may read contacts reads no message and no conversation through events", async () => {
  await using world = await open();
  const { key } = await world.makeKey(undefined, ["read:contacts"]);
  const all = await world.readEvents(key);
  expect(all.text).toContain("contact.created");
  expect(all.text).not.toMatch(/message\.created|our own text/);
  const asked = await world.readEvents(key, { types: ["message.created"] });
  expect(asked.text).toMatch(/insufficient_scope.*read:messages/);
  const { key: none } = await world.makeKey(undefined, ["write:webhooks"]);
  expect((await world.readEvents(none)).text).toContain("insufficient_scope");
});

test("a key has events polled and streamed, and none delivered to an address: it is not kept after the request", async () => {
  await using world = await open({ eventSubscriptions: createMemorySubscriptions() });
  const listed = await world.ask(world.reference.key, "events/list");
  expect(listed.text).toContain('"poll","push"');
  expect(listed.text).not.toContain("webhook");
  const delivery = { url: "https://hooks.example.com/events", secret: `whsec_${"A".repeat(44)}` };
  const asked = await world.ask(world.reference.key, "events/subscribe", { name: "message.created", delivery });
  expect(JSON.parse(asked.text)).toMatchObject({ error: { code: -32601 } });
});

test("where OnSync does not tell whose a key is, its tools work and there are no events", async () => {
  await using world = await open({}, { extensions: false });
  const { text } = await world.ask(world.reference.key, "tools/list");
  expect(text).toContain("list_messages");
  expect(JSON.stringify(await world.readEvents(world.reference.key))).not.toMatch(/our own text|the other org/);
}, 10_000);

test.each([
  ["made-up ones", async () => "onsync_pk_live_made_up"],
  [
    "good ones of other orgs",
    async (world: Awaited<ReturnType<typeof open>>, index: number) => {
      const { id } = await world.reference.control.createOrg({ name: `Org ${index}` });
      return (await world.makeKey(id)).key;
    },
  ],
] as const)("a hundred other keys, %s, do not give a key its sends back", async (_what, makeKey) => {
  await using world = await open({ safety: { caps: { perDay: 1 } } });
  const { key } = world.reference;
  expect((await world.call(key, "send_template", hello)).text).toContain("Accepted");
  for (let index = 0; index < 101; index++) {
    const another = await makeKey(world, index);
    await world.ask(another.includes("made_up") ? `${another}${index}` : another, "tools/list");
  }
  expect((await world.call(key, "send_template", hello)).text).toContain("cap_reached");
});

test("the keys of one org are counted together", async () => {
  await using world = await open({ safety: { caps: { perDay: 1 } } });
  const { key } = await world.makeKey();
  expect((await world.call(world.reference.key, "send_template", hello)).text).toContain("Accepted");
  expect((await world.call(key, "send_template", hello)).text).toContain("cap_reached");
});

test("a key that is revoked is refused after five minutes at most, and gives no events then", async () => {
  await using world = await open();
  const { key, id } = await world.makeKey();
  expect((await world.readEvents(key)).text).toContain("our own text");
  await world.reference.control.revokeKey(id);
  world.advance(5 * 60_000);
  expect((await world.readEvents(key)).status).toBe(401);
});

test("a key is asked about once for calls at the same time, and a refused one once in half a minute", async () => {
  await using world = await open();
  const checks = () => world.asked.filter((path) => path === "/v1/me").length;
  await Promise.all(Array.from({ length: 10 }, () => world.ask(world.reference.key, "tools/list")));
  expect(checks()).toBe(1);
  for (let call = 0; call < 10; call++) await world.ask("onsync_pk_live_made_up", "tools/list");
  expect(checks()).toBe(2);
  world.advance(30_000);
  await world.ask("onsync_pk_live_made_up", "tools/list");
  expect(checks()).toBe(3);
});

test("while OnSync cannot be asked, a new key is told to come back, and one that was good keeps its tools but not its events", async () => {
  await using world = await open();
  await world.ask(world.reference.key, "tools/list");
  world.advance(5 * 60_000);
  world.setDown(true);
  expect((await world.ask((await world.makeKey()).key, "tools/list")).status).toBe(503);
  expect((await world.ask(world.reference.key, "tools/list")).status).toBe(200);
  expect((await world.readEvents(world.reference.key)).text).not.toContain("our own text");
});
