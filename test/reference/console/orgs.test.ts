/** The console over HTTP, one org at a time: what it is given of the org it asks for, and that nothing of another is. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { type Body, call } from "../caller.ts";

let reference: Reference;
/** Two orgs that know the same customer: Acme, and the default one. */
let acme: { id: string; key: string };

async function ask(method: string, path: string, body?: unknown, key: string | null = null) {
  return call(reference, method, path, body, { key });
}

async function get(path: string): Promise<Body> {
  return (await ask("GET", `/_console${path}`)).body;
}

function inOrg(path: string, orgId = acme.id): string {
  return `${path}${path.includes("?") ? "&" : "?"}orgId=${orgId}`;
}

const from = "+971500000000";
const conversation = `/conversations/${encodeURIComponent(`whatsapp:${from}`)}`;

beforeEach(async () => {
  reference = createReference({ control: true, deliver: async () => ({ status: 200, headers: {}, body: "" }) });
  const { control } = reference;
  const { id } = await control.createOrg({ name: "Acme", rateLimit: 50 });
  acme = { id, key: (await control.createKey({ orgId: id })).key };
  for (const [key, events] of [
    [reference.key, ["message.created"]],
    [acme.key, ["message.created", "contact.created"]],
  ] as const) {
    await ask("POST", "/v1/webhooks", { url: `https://example.com/${key.slice(-4)}`, events }, key);
  }
  await control.inbound({ platform: "whatsapp", from, content: "To the default org", name: "Sara" });
  await control.inbound({ platform: "whatsapp", from, content: "To Acme", name: "Sara Hussein", orgId: id });
  await reference.settled();
});
afterEach(() => reference.close());

test("the orgs there are come with the default one first", async () => {
  await reference.control.createOrg({ name: "Beta" });
  expect((await get("/orgs")).data).toEqual([
    { id: reference.orgId, name: "default" },
    { id: acme.id, name: "Acme" },
    { id: expect.stringMatching(/^org_/), name: "Beta" },
  ]);
});

describe("each page's data", () => {
  test.each<[string, (body: Body) => unknown, unknown, unknown]>([
    ["/overview", ({ org }) => org.name, "default", "Acme"],
    ["/conversations", ({ data }) => data[0].latest.content, "To the default org", "To Acme"],
    [conversation, ({ messages }) => messages[0].content, "To the default org", "To Acme"],
    ["/contacts", ({ data }) => data[0].lastName ?? null, null, "Hussein"],
    ["/keys", ({ data }) => data.length, 1, 1],
    ["/webhooks", ({ data }) => data[0].events.length, 1, 2],
    ["/deliveries", ({ data }) => data.length, 1, 2],
    ["/requests", ({ budget }) => budget.limit, 1000, 50],
  ])("%s", async (path, what, ofDefault, ofAcme) => {
    expect(what(await get(path))).toEqual(ofDefault);
    expect(what(await get(inOrg(path)))).toEqual(ofAcme);
    expect(what(await get(inOrg(path, reference.orgId)))).toEqual(ofDefault);
  });

  test("an org nobody has is named, on every path", async () => {
    for (const path of ["/overview", "/contacts", "/requests", "/keys?limit=1"]) {
      const { status, body } = await ask("GET", `/_console${inOrg(path, "org_none")}`);
      expect([path, status, body.error.message]).toEqual([path, 404, "There is no org org_none."]);
    }
    expect(await ask("GET", `/_console/contacts?orgId=${acme.id}&orgId=${acme.id}`)).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: ["orgId"] }] } },
    });
  });
});

test("nothing of another org: contacts, deliveries, endpoints and conversations are not found", async () => {
  const first = async (path: string) => (await get(inOrg(path))).data[0].id as string;
  const contact = await first("/contacts");
  const delivery = await first("/deliveries");
  const webhook = await first("/webhooks");
  await reference.control.inbound({ platform: "telegram", from: "7", content: "Only Acme's", orgId: acme.id });
  await reference.settled();
  const theirs: [string, string, unknown?][] = [
    ["GET", `/contacts/${contact}`],
    ["PATCH", `/contacts/${contact}`, { tags: ["mine"] }],
    ["GET", `/deliveries/${delivery}`],
    ["DELETE", `/webhooks/${webhook}`],
    ["GET", "/conversations/telegram%3A7"],
  ];
  for (const [method, path, body] of theirs) {
    const answer = await ask(method, `/_console${path}`, body);
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 404, "not_found"]);
  }
  expect((await get(`/deliveries?webhookId=${webhook}`)).data).toEqual([]);
  for (const [method, path, body] of theirs) {
    expect([path, (await ask(method, `/_console${inOrg(path)}`, body)).status]).toEqual([path, 200]);
  }
  // A removed endpoint's deliveries stay its org's.
  expect((await get(inOrg("/deliveries"))).data).toHaveLength(4);
  expect((await get("/deliveries")).data).toHaveLength(1);
});

test("what a teammate does there is done in that org", async () => {
  const text = { platform: "whatsapp", to: from, messageType: "text", content: "From Acme" };
  expect((await ask("POST", `/_console${inOrg("/messages")}`, text)).status).toBe(201);
  expect((await get(inOrg(conversation))).messages).toHaveLength(2);
  expect((await get(conversation)).messages).toHaveLength(1);
  const webhook = { url: "https://example.com/third", events: ["contact.updated"] };
  expect((await ask("POST", `/_console${inOrg("/webhooks")}`, webhook)).status).toBe(201);
  expect((await get(inOrg("/webhooks"))).data).toHaveLength(2);
  expect((await get("/webhooks")).data).toHaveLength(1);
});

describe("requests", () => {
  const paths = async (orgId: string) =>
    ((await get(inOrg("/requests", orgId))).data as { path: string }[]).map(({ path }) => path);

  test("each request is shown in the org of its key, revoked or refused as it may be", async () => {
    const { id, key } = await reference.control.createKey({ orgId: acme.id });
    await reference.control.revokeKey(id);
    await reference.control.faults.add({ path: "/v1/templates", status: 503 });
    await ask("GET", "/v1/me?mine", undefined, reference.key);
    await ask("GET", "/v1/me?acme", undefined, acme.key);
    await ask("GET", "/v1/me?revoked", undefined, key);
    await ask("GET", "/v1/templates", undefined, acme.key);
    expect(await paths(reference.orgId)).toEqual(["/v1/me?mine", "/v1/webhooks"]);
    expect(await paths(acme.id)).toEqual(["/v1/templates", "/v1/me?revoked", "/v1/me?acme", "/v1/webhooks"]);
  });

  test("a request that belongs to no org is shown in each, and says so", async () => {
    await ask("GET", "/v1/me?unknown", undefined, "onsync_pk_live_nobodysnobodys");
    await ask("GET", "/v1/me?keyless");
    for (const orgId of [reference.orgId, acme.id]) {
      expect((await get(inOrg("/requests", orgId))).data.slice(0, 2)).toMatchObject([
        { path: "/v1/me?keyless", orgId: null, keyPrefix: null },
        { path: "/v1/me?unknown", orgId: null, keyPrefix: "onsync_pk_live_nobo" },
      ]);
    }
  });

  test("a busy org does not push out a quiet one's", async () => {
    for (let count = 0; count < 250; count++) await ask("GET", "/v1/webhooks", undefined, reference.key);
    expect(await paths(reference.orgId)).toHaveLength(200);
    expect(await paths(acme.id)).toEqual(["/v1/webhooks"]);
  });

  test("a reset leaves none", async () => {
    await ask("GET", "/v1/me");
    await reference.control.reset();
    expect((await get("/requests")).data).toEqual([]);
    expect((await get("/orgs")).data).toEqual([{ id: reference.orgId, name: "default" }]);
    expect((await ask("GET", `/_console${inOrg("/overview")}`)).status).toBe(404);
  });
});
