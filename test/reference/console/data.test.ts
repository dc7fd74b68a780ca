/** The console over HTTP: who may have it, and what it is given. The page itself is tested in a browser. */
import { describe, expect, test } from "@jest/globals";
import { consoleRoutes } from "../../../reference/console/routes.ts";
import { createReference, type Reference, type ReferenceOptions } from "../../../reference/index.ts";
import { eventTypes, scopes } from "../../../src/api/index.ts";
import { verifySignature } from "../../../src/api/signature.ts";

const origin = "http://127.0.0.1:4010";

function open(options: ReferenceOptions = {}): Reference {
  return createReference({ control: true, ...options });
}

function bearer({ controlToken }: Reference) {
  return { Authorization: `Bearer ${controlToken}` };
}

async function get(reference: Reference, path: string, headers: Record<string, string> = {}) {
  const response = await reference.fetch(new Request(origin + path, { headers: { ...bearer(reference), ...headers } }));
  return { response, status: response.status, body: (await response.json()) as Record<string, never> };
}

async function post(reference: Reference, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await reference.fetch(
    new Request(origin + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...bearer(reference), ...headers },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

const sara = { platform: "whatsapp", from: "+971500000000", content: "Hi", name: "Sara Hussein" } as const;
const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Welcome." };

describe("who may have it", () => {
  const paths = ["/", "/_console/overview", "/_console/live", "/_console/files/app.js"];

  test.each(paths)("%s is not there without control", async (path) => {
    const reference = createReference();
    const { status, body } = await get(reference, path);
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ error: expect.objectContaining({ code: "unknown_endpoint" }) }),
    ]);
    await reference.close();
  });

  test.each(paths)("%s is refused on a foreign Host, to a foreign origin and from elsewhere", async (path) => {
    const reference = open();
    for (const headers of [
      { host: "evil.example" } as Record<string, string>,
      { host: "127.0.0.1.evil.example" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ]) {
      const { status, body } = await get(reference, path, headers);
      expect([headers, status]).toEqual([headers, 403]);
      expect(body.error).toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("loopback requests only"),
      });
    }
    const foreignName = await reference.fetch(new Request(`http://evil.example${path}`));
    expect(foreignName.status).toBe(403);
    const elsewhere = { incoming: { headers: { host: "127.0.0.1" }, socket: { remoteAddress: "10.0.0.7" } } };
    expect((await reference.fetch(new Request(origin + path), elsewhere as never)).status).toBe(403);
    await reference.close();
  });

  test.each(paths.slice(1))("%s is not for the pages of another site, even without an Origin header", async (path) => {
    const reference = open();
    for (const site of ["cross-site", "same-site"]) {
      expect((await get(reference, path, { "sec-fetch-site": site })).status).toBe(403);
    }
    await reference.close();
  });

  test("a link to it works, a form of another site does not", async () => {
    const reference = open();
    const linked = await reference.fetch(new Request(`${origin}/`, { headers: { "sec-fetch-site": "cross-site" } }));
    expect(linked.status).toBe(200);
    const { status } = await post(reference, "/_console/messages", text, { origin: "http://127.0.0.1:9999" });
    expect(status).toBe(403);
    const form = await reference.fetch(
      new Request(`${origin}/_console/messages`, {
        method: "POST",
        headers: bearer(reference),
        body: new URLSearchParams({ a: "b" }),
      }),
    );
    expect(form.status).toBe(415);
    await reference.close();
  });

  test("its page and files run nothing that is not theirs", async () => {
    const reference = open();
    for (const path of ["/", "/_console/files/app.js", "/_console/files/styles/tones.css"]) {
      const { headers, status } = await reference.fetch(new Request(origin + path));
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;/,
      );
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    for (const path of [
      "/_console/files/../index.ts",
      "/_console/files/%2e%2e/index.ts",
      "/_console/files/index.html",
      "/_console/files/",
    ]) {
      expect([path, (await get(reference, path)).status]).toEqual([path, 404]);
    }
    expect((await reference.fetch(new Request(`${origin}/`, { method: "POST" }))).status).toBe(405);
    await reference.close();
  });
});

describe("the control token", () => {
  const opened = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" };
  const pageOf = async (reference: Reference, headers: Record<string, string>) =>
    (await reference.fetch(new Request(`${origin}/`, { headers }))).text();

  test("is in the page that a person opens, and in no answer that a script or a program is given", async () => {
    const reference = open();
    const { controlToken } = reference;
    expect(await pageOf(reference, opened)).toContain(`content="${controlToken}"`);
    for (const headers of [
      {},
      { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" },
      { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script", "sec-fetch-site": "cross-site" },
      { ...opened, "sec-fetch-dest": "iframe" },
      { ...opened, host: "evil.example" },
      { ...opened, origin: "https://evil.example" },
      { ...opened, "x-forwarded-for": "203.0.113.9" },
      { ...opened, "user-agent": "OnSync-Webhooks/1.0" },
    ]) {
      expect(await pageOf(reference, headers as Record<string, string>)).not.toContain(controlToken);
    }
    for (const { path, method } of consoleRoutes.filter((route) => route.method === "GET")) {
      const response = await reference.fetch(
        new Request(`${origin}/_console${path}`, { method, headers: bearer(reference) }),
      );
      expect(await response.text()).not.toContain(controlToken);
    }
    await reference.close();
  });

  test("is asked for by every route of its data", async () => {
    const reference = open();
    for (const { path, method } of consoleRoutes) {
      for (const headers of [{}, { authorization: `Bearer ${reference.key}` }] as Record<string, string>[]) {
        const { status } = await reference.fetch(new Request(`${origin}/_console${path}`, { method, headers }));
        expect([method, path, status]).toEqual([method, path, 401]);
      }
    }
    await reference.close();
  });
});

describe("what it is given", () => {
  test("conversations with contact, window, latest message; a thread, oldest first", async () => {
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

  test("contacts by words; a contact with activity; its tags and properties change", async () => {
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

  test("the latest requests, newest first: never a whole key, never a body", async () => {
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

  test("keys without the keys, and a webhook's secret once", async () => {
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

  test("each attempt of a delivery, with its request, signature and response", async () => {
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
});

describe("live", () => {
  const changes = async (reference: Reference, work: () => Promise<unknown>): Promise<unknown[]> => {
    const { body } = await reference.fetch(new Request(`${origin}/_console/live`));
    const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as never).getReader();
    await reader.read();
    await work();
    const { value } = await reader.read();
    await reader.cancel();
    return JSON.parse(/data: (.*)/.exec(String(value))?.[1] ?? "null");
  };

  test("a message is told once its transaction is over, each thing once", async () => {
    const reference = open();
    const told = await changes(reference, () => reference.control.inbound(sara));
    expect(told).toEqual(
      expect.arrayContaining([
        { kind: "conversation", id: "whatsapp:+971500000000" },
        { kind: "contact", id: expect.stringMatching(/^contact_/) },
      ]),
    );
    expect(new Set(told.map((change) => JSON.stringify(change))).size).toBe(told.length);
    await reference.close();
  });

  test("keys, orgs, templates, clock, faults and requests are told", async () => {
    const reference = open();
    expect(await changes(reference, () => reference.control.createKey())).toEqual([{ kind: "key" }]);
    expect(await changes(reference, () => reference.control.clock({ freeze: true }))).toEqual([{ kind: "clock" }]);
    expect(await changes(reference, () => reference.control.faults.clear())).toEqual([{ kind: "faults" }]);
    const { id } = await reference.control.faults.add({ status: 500, path: "/v1/contacts" });
    expect(await changes(reference, () => reference.control.faults.remove(id))).toEqual([{ kind: "faults" }]);
    expect(await changes(reference, () => reference.control.createOrg({ name: "Acme" }))).toEqual([{ kind: "org" }]);
    expect(await changes(reference, () => reference.control.templates.save({ name: "greeting" }))).toEqual([
      { kind: "template" },
    ]);
    expect(await changes(reference, () => reference.restore(reference.snapshot()))).toEqual([{ kind: "everything" }]);
    expect(await changes(reference, () => reference.fetch(new Request(`${origin}/v1/me`)))).toEqual([
      { kind: "request" },
    ]);
    await reference.close();
  });

  test("over a port: it arrives at once, and closing does not wait for it", async () => {
    const reference = open();
    const server = await reference.listen();
    const { body, headers } = await fetch(`${server.origin}/_console/live`);
    expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reference.control.inbound(sara);
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("event: changes");
    const started = performance.now();
    await reference.close();
    expect(performance.now() - started).toBeLessThan(1500);
    await reader.cancel().catch(() => {});
  });
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
