/** What the console is given. The page itself is tested in a browser. */
import { expect, test } from "@jest/globals";
import { eventTypes, scopes } from "../../../src/api/index.ts";
import { verifySignature } from "../../../src/api/signature.ts";
import { bearer, get, open, origin, post, sara, text } from "./requests.ts";

test("conversations come with contact, window and latest message; a thread comes oldest first", async () => {
  const reference = open();
  await reference.control.inbound(sara);
  await post(reference, "/_console/messages", { ...text, metadata: { source: "inbox" } });
  const { body } = await get(reference, "/_console/conversations");
  expect(body.data).toMatchObject([
    {
      id: "whatsapp:+971500000000",
      name: "Sara Hussein",
      status: "assigned",
      assignee: { name: expect.any(String) },
      latest: { content: "Welcome.", direction: "outbound" },
      windowClosesAt: expect.stringMatching(/Z$/),
    },
  ]);
  const page = (await get(reference, "/_console/conversations/whatsapp%3A%2B971500000000?limit=1")).body;
  expect(page).toMatchObject({ more: true, contact: { phone: "+971500000000" } });
  expect(page.messages).toMatchObject([{ content: "Welcome.", status: "queued", metadata: { source: "inbox" } }]);
  expect((await get(reference, "/_console/conversations?status=resolved")).body.data).toEqual([]);
  await reference.close();
});

test("an agent's text is held to the window as an API call is, and costs nothing of the budget", async () => {
  const reference = open();
  const { status, body } = await post(reference, "/_console/messages", text);
  expect([status, body.error]).toEqual([400, expect.objectContaining({ code: "outside_messaging_window" })]);
  expect((await get(reference, "/_console/requests")).body).toMatchObject({
    data: [],
    budget: { limit: 1000, remaining: 1000 },
  });
  await reference.close();
});

test("contacts are found by words, come with their activity, and take other tags and properties", async () => {
  const reference = open({ seed: "demo" });
  const found = (await get(reference, "/_console/contacts?query=sara")).body as unknown as { data: { id: string }[] };
  expect(found.data).toMatchObject([{ firstName: "Sara" }]);
  const id = found.data[0]?.id;
  const page = (await get(reference, `/_console/contacts/${id}`)).body;
  expect(page).toMatchObject({ activity: { messageCount: 3 }, conversations: [{ id: "whatsapp:+971500000000" }] });
  const patched = await reference.fetch(
    new Request(`${origin}/_console/contacts/${id}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", ...bearer(reference) },
      body: JSON.stringify({ tags: ["vip"], properties: { source: null } }),
    }),
  );
  expect(await patched.json()).toMatchObject({
    tags: ["vip"],
    properties: { language: "en", externalId: "crm_8740" },
  });
  await reference.close();
});

test("the latest requests come newest first, never with a whole key or a body", async () => {
  const reference = open();
  const call = (path: string, key: string) =>
    reference.fetch(
      new Request(`${origin}/v1${path}`, { headers: { Authorization: `Bearer ${key}`, "User-Agent": "zap/1" } }),
    );
  await call("/webhooks?x=1", reference.key);
  await call("/webhooks", "onsync_pk_live_wrongwrongwrongwrong");
  await reference.control.faults.add({ status: 503, latencyMs: 0, times: 1 });
  await call("/webhooks", reference.key);
  const { body } = await get(reference, "/_console/requests");
  expect(body.data).toMatchObject([
    { status: 503, fault: "0 ms late, answered 503", error: { code: "unavailable" } },
    { status: 401, keyPrefix: "onsync_pk_live_wron", remaining: null, error: { code: "invalid_api_key" } },
    {
      status: 200,
      method: "GET",
      path: "/v1/webhooks?x=1",
      client: "zap/1",
      remaining: 999,
      requestId: expect.stringMatching(/^req_/),
    },
  ]);
  expect(JSON.stringify(body)).not.toContain(reference.key);
  expect(body.budget).toMatchObject({ limit: 1000, remaining: 999 });
  await reference.close();
});

test("keys are listed without their text, and a webhook's secret is told once", async () => {
  const reference = open();
  await reference.control.createKey({ scopes: ["read:contacts"] });
  const keys = (await get(reference, "/_console/keys")).body;
  expect(keys.data).toMatchObject([
    { scopes: ["read:contacts"], revokedAt: null },
    { prefix: reference.key.slice(0, 19) },
  ]);
  expect(JSON.stringify(keys)).not.toContain(reference.key);
  const made = (
    await post(reference, "/_console/webhooks", { url: "https://example.com/", events: ["message.created"] })
  ).body;
  expect(made.secret).toMatch(/^whsec_/);
  const listed = (await get(reference, "/_console/webhooks")).body;
  expect(JSON.stringify(listed)).not.toContain(made.secret);
  await reference.close();
});

test("each attempt of a delivery comes with its request, signature and response", async () => {
  let answers = 0;
  const reference = open({
    random: () => 0.5,
    deliver: async () => {
      answers += 1;
      if (answers === 1)
        throw Object.assign(new TypeError("fetch failed"), { cause: { message: "connect ECONNREFUSED" } });
      return {
        status: answers === 2 ? 500 : 200,
        headers: { "content-type": "text/plain" },
        body: `answer ${answers}`,
      };
    },
  });
  await reference.control.clock({ freeze: true });
  const secret = "a-secret";
  await post(reference, "/_console/webhooks", {
    url: "https://example.com/hook",
    events: ["message.created"],
    secret,
  });
  await reference.control.inbound(sara);
  await reference.control.clock({ advanceMs: 30_000 });
  await reference.control.clock({ advanceMs: 120_000 });
  const list = (await get(reference, "/_console/deliveries")).body as unknown as { data: { id: string }[] };
  expect(list.data).toMatchObject([
    { status: "delivered", attempts: 3, lastStatusCode: 200, webhook: { url: "https://example.com/hook" } },
  ]);
  const { body } = await get(reference, `/_console/deliveries/${list.data[0]?.id}`);
  const { attempts, body: sent } = body as unknown as { attempts: Record<string, never>[]; body: string };
  expect(attempts).toMatchObject([
    { statusCode: null, error: "connect ECONNREFUSED", responseBody: null },
    { statusCode: 500, responseBody: "answer 2", responseHeaders: { "content-type": "text/plain" } },
    { statusCode: 200, responseBody: "answer 3", url: "https://example.com/hook" },
  ]);
  for (const { requestHeaders } of attempts as unknown as { requestHeaders: Record<string, string> }[]) {
    expect(verifySignature(sent, requestHeaders["X-OnSync-Signature"], secret)).toBe(true);
  }
  await reference.close();
});

test("forms offer what the API knows of, paths as a fault takes them", async () => {
  const reference = open();
  const { body } = await get(reference, "/_console/choices");
  expect(body).toMatchObject({ eventTypes: [...eventTypes], scopes: [...scopes] });
  const { paths = [] } = body as { paths?: string[] };
  expect(paths).toEqual(expect.arrayContaining(["/v1/messaging/send", "/v1/conversations/*/messages"]));
  expect(new Set(paths).size).toBe(paths.length);
  await reference.control.faults.add({ path: paths.at(-1) as string, status: 418 });
  expect((await get(reference, paths.at(-1) as string)).status).toBe(418);
  await reference.close();
});
