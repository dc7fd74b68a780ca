/** Endpoints that are changed and tried in the console, and deliveries that are looked for and replayed. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { eventSchema, eventTypes } from "../../../src/api/index.ts";
import { verifySignature } from "../../../src/api/signature.ts";
import { type Body, call, start } from "../caller.ts";

type Sent = { url: string; headers: Record<string, string>; body: string };

let reference: Reference;
let sent: Sent[];
let status: number;

beforeEach(() => {
  sent = [];
  status = 200;
  reference = createReference({
    control: true,
    clock: () => start,
    random: () => 0.5,
    deliver: async ({ url, headers, body }) => {
      sent.push({ url, headers, body });
      return { status, headers: {}, body: "" };
    },
  });
});
afterEach(() => reference.close());

const ask = (method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> =>
  call(reference, method, `/_console${path}`, body);

async function register(url = "https://example.com/one", events = ["message.created"]): Promise<Body> {
  return (await ask("POST", "/webhooks", { url, events })).body;
}

describe("a test event", () => {
  test.each(eventTypes)(
    "%s is the catalogue's sample, signed, to this endpoint alone, whatever it asked for",
    async (type) => {
      const { id, secret } = await register();
      await register("https://example.com/other", [...eventTypes]);
      const { status: answered, body } = await ask("POST", `/webhooks/${id}/test`, { type });
      await reference.settled();
      expect(answered).toBe(201);
      expect(sent).toHaveLength(1);
      const [{ url, headers, body: text }] = sent as [Sent];
      expect(url).toBe("https://example.com/one");
      expect(verifySignature(text, headers["X-OnSync-Signature"], secret)).toBe(true);
      expect(eventSchema(type).safeParse(JSON.parse(text)).error).toBeUndefined();
      const { id: eventId, createdAt, ...event } = JSON.parse(text);
      expect(event).toMatchObject({ type, orgId: reference.orgId });
      expect([eventId, createdAt]).toEqual([expect.stringMatching(/^evt_/), new Date(start).toISOString()]);
      expect((await ask("GET", `/deliveries/${body.id}`)).body.delivery).toMatchObject({
        status: "delivered",
        eventType: type,
      });
    },
  );

  test("is tried again where it fails, waits where the endpoint is paused, and changes nothing in the inbox", async () => {
    const { id } = await register();
    status = 500;
    await ask("POST", `/webhooks/${id}/test`, { type: "contact.created" });
    await reference.settled();
    status = 200;
    await reference.control.clock({ advanceMs: 60_000 });
    expect(sent.map(({ headers }) => headers["X-OnSync-Attempt"])).toEqual(["1", "2"]);
    await reference.control.pauseWebhook(id);
    await ask("POST", `/webhooks/${id}/test`, { type: "contact.created" });
    await reference.settled();
    expect(sent).toHaveLength(2);
    expect((await ask("GET", "/contacts")).body.data).toEqual([]);
  });

  test("of no type there is, or to nobody's endpoint, is refused", async () => {
    const { id } = await register();
    expect((await ask("POST", `/webhooks/${id}/test`, { type: "message.deleted" })).body.error.details[0].path).toEqual(
      ["type"],
    );
    expect((await ask("POST", "/webhooks/wh_none/test", { type: "message.created" })).status).toBe(404);
    const { id: other } = await reference.control.createOrg({ name: "Acme" });
    for (const [method, path] of [
      ["POST", "/test"],
      ["POST", "/rotate"],
      ["PATCH", ""],
    ] as const) {
      const body = path === "/test" ? { type: "message.created" } : {};
      expect((await ask(method, `/webhooks/${id}${path}?orgId=${other}`, body)).status).toBe(404);
    }
  });
});

test("an endpoint's address and events change, what waits goes to the new one, and its secret stays", async () => {
  const { id, secret } = await register();
  await reference.control.pauseWebhook(id);
  await reference.control.inbound({ platform: "telegram", from: "1", content: "Hi" });
  const changed = await ask("PATCH", `/webhooks/${id}`, {
    url: "https://example.com/new",
    events: ["contact.created"],
  });
  expect(changed.body).toMatchObject({
    id,
    url: "https://example.com/new",
    events: ["contact.created"],
    status: "paused",
  });
  expect(JSON.stringify(changed.body)).not.toContain(secret);
  await reference.control.resumeWebhook(id);
  await reference.settled();
  expect(sent.map(({ url }) => url)).toEqual(["https://example.com/new"]);
  expect(verifySignature(sent[0]?.body ?? "", sent[0]?.headers["X-OnSync-Signature"], secret)).toBe(true);
  const refused = await ask("PATCH", `/webhooks/${id}`, { url: "ftp://example.com", events: [] });
  expect(refused.body.error.details.map(({ path }: Body) => path[0])).toEqual(["url", "events"]);
});

test("a new secret is shown once, and signs what is sent from then on, retries included", async () => {
  const { id, secret } = await register();
  status = 500;
  await ask("POST", `/webhooks/${id}/test`, { type: "message.created" });
  await reference.settled();
  const { body } = await ask("POST", `/webhooks/${id}/rotate`, {});
  expect(body.secret).toMatch(/^whsec_/);
  expect(body.secret).not.toBe(secret);
  status = 200;
  await reference.control.clock({ advanceMs: 60_000 });
  const [first, second] = sent as [Sent, Sent];
  expect(second.body).toBe(first.body);
  expect(verifySignature(first.body, first.headers["X-OnSync-Signature"], secret)).toBe(true);
  expect(verifySignature(second.body, second.headers["X-OnSync-Signature"], body.secret)).toBe(true);
  const own = await ask("POST", `/webhooks/${id}/rotate`, { secret: "one-of-my-own" });
  expect(own.body.secret).toBe("one-of-my-own");
  expect(JSON.stringify((await ask("GET", "/webhooks")).body)).not.toContain("one-of-my-own");
});

describe("deliveries", () => {
  beforeEach(async () => {
    const { id } = await register("https://example.com/one", ["message.created", "contact.created"]);
    status = 400;
    await ask("POST", `/webhooks/${id}/test`, { type: "message.updated" });
    await reference.settled();
    await reference.control.clock({ advanceMs: 60 * 60 * 1000 });
    status = 200;
    await reference.control.inbound({ platform: "telegram", from: "1", content: "Hi" });
    await reference.settled();
    await reference.control.pauseWebhook(id);
    await reference.control.inbound({ platform: "telegram", from: "1", content: "Still there?" });
  });

  test.each([
    ["", ["message.created", "contact.created", "message.created", "message.updated"]],
    ["?status=failed", ["message.updated"]],
    ["?status=pending", ["message.created"]],
    ["?eventType=message.created", ["message.created", "message.created"]],
    ["?eventType=message.created&status=delivered", ["message.created"]],
    ["?webhookId=wh_none", []],
    ["?limit=2", ["message.created", "message.created"]],
  ])("%s are found", async (query, types) => {
    const { data } = (await ask("GET", `/deliveries${query}`)).body;
    expect(data.map(({ eventType }: Body) => eventType).toSorted()).toEqual(types.toSorted());
  });

  test("those that are chosen are delivered again, the same bytes, once each, and those that wait are left", async () => {
    const { data } = (await ask("GET", "/deliveries")).body;
    const [{ id: webhookId }] = (await ask("GET", "/webhooks")).body.data;
    const before = sent.length;
    const ids = data.map(({ id }: Body) => id);
    expect((await ask("POST", "/replays", { ids: [...ids, ...ids, "dlv_none"] })).body.replayed).toBe(3);
    await reference.control.resumeWebhook(webhookId);
    await reference.settled();
    const again = sent.slice(before).map(({ body }) => body);
    expect(new Set(again).size).toBe(4);
    expect(again).toHaveLength(4);
    expect(sent.slice(0, before).map(({ body }) => body)).toEqual(
      expect.arrayContaining(again.slice(0, 3).filter((body) => !body.includes("Still there?"))),
    );
    expect((await ask("GET", "/deliveries?status=failed")).body.data).toEqual([]);
    const { stats } = (await ask("GET", "/webhooks")).body.data[0];
    expect(stats).toMatchObject({ delivered: 4, failed: 0, pending: 0 });
  });

  test("of another org are not replayed", async () => {
    const ids = (await ask("GET", "/deliveries")).body.data.map(({ id }: Body) => id);
    const { id } = await reference.control.createOrg({ name: "Acme" });
    expect((await ask("POST", `/replays?orgId=${id}`, { ids })).body.replayed).toBe(0);
    expect((await ask("POST", "/replays", { ids: [] })).body.error.details[0].path).toEqual(["ids"]);
  });
});
