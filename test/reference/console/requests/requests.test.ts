/** Requests with what they carried: shown without secrets, kept within bounds, made again. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createRequestLog, type KeptRequest } from "../../../../reference/console/requests/log.ts";
import { createReference, type Reference } from "../../../../reference/index.ts";
import { type Body, call } from "../../caller.ts";

let reference: Reference;
beforeEach(() => {
  reference = createReference({ control: true, random: () => 0.5, deliver: async () => ({ status: 200 }) });
});
afterEach(() => reference.close());

const ask = (method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> =>
  call(reference, method, path, body);

/** The latest request as the console shows it. */
async function latest(): Promise<Body> {
  const { requestId } = (await ask("GET", "/_console/requests")).body.data[0];
  return (await ask("GET", `/_console/requests/${requestId}`)).body;
}

describe("a request", () => {
  test("is shown with the headers and bodies of both sides, and nothing that opens a door", async () => {
    const secret = "made-up-and-long-enough";
    await ask("POST", "/v1/webhooks", { url: "https://example.com/h", events: ["message.created"], secret });
    const shown = await latest();
    expect(shown.exchange.request.headers).toEqual(
      expect.arrayContaining([
        ["authorization", `Bearer ${reference.key.slice(0, 19)}…`],
        ["content-type", "application/json"],
      ]),
    );
    expect(JSON.parse(shown.exchange.request.body.text)).toEqual({
      url: "https://example.com/h",
      events: ["message.created"],
      secret: "[masked]",
    });
    expect(JSON.parse(shown.exchange.answer.body.text)).toMatchObject({ secret: "[masked]", status: "active" });
    expect(shown.exchange.answer.headers).toEqual(expect.arrayContaining([["X-Request-Id", shown.line.requestId]]));
    expect(shown.exchange.notSentAgain).toBeNull();
    const everything = JSON.stringify([shown, (await ask("GET", "/_console/requests")).body]);
    for (const hidden of [secret, reference.key]) expect(everything).not.toContain(hidden);
  });

  test("that carries its key elsewhere than in the header is told of without what carried it", async () => {
    await ask("POST", `/v1/contacts?key=${reference.key}`, { firstName: "Sara" });
    await ask("POST", "/v1/contacts", { firstName: reference.key });
    for (const { requestId } of (await ask("GET", "/_console/requests")).body.data) {
      const { body } = await ask("GET", `/_console/requests/${requestId}`);
      expect(body.exchange.notSentAgain).toContain("the key");
      expect((await ask("POST", `/_console/requests/${requestId}/again`)).status).toBe(400);
      expect(JSON.stringify(body)).not.toContain(reference.key);
    }
  });

  test("is listed without the keys that its User-Agent, its query or the answer's error repeats", async () => {
    const other = `onsync_pk_live_${"o".repeat(32)}`;
    await ask("GET", `/v1/contacts/${reference.key}`);
    await ask("GET", `/v1/contacts/${other}`);
    await call(reference, "GET", "/v1/me", undefined, { headers: { "User-Agent": `mine ${reference.key}` } });
    await call(reference, "GET", "/v1/me", undefined, { headers: { "User-Agent": `mine ${other}` } });
    await ask("GET", "/v1/contacts?token=made-up&query=Sara");
    const { body, text } = await call(reference, "GET", "/_console/requests");
    for (const hidden of [reference.key, other, "made-up"]) expect(text).not.toContain(hidden);
    expect(body.data.map(({ path, client, error }: Body) => [path, client, error?.message ?? null])).toEqual([
      ["/v1/contacts?token=[masked]&query=Sara", null, expect.stringContaining("token is not a known field")],
      ["/v1/me", "mine onsync_pk_live_oooo…", null],
      ["/v1/me", "mine [masked]", null],
      ["/v1/contacts/onsync_pk_live_oooo…", null, "There is no contact onsync_pk_live_oooo… in this org."],
      ["/v1/contacts/[masked]", null, "There is no contact [masked] in this org."],
    ]);
  });

  test("that was refused before it was read is shown with its body all the same", async () => {
    await reference.control.faults.add({ status: 503, times: 1 });
    await ask("POST", "/v1/contacts", { firstName: "Sara" });
    expect((await latest()).exchange.request.body.text).toBe('{"firstName":"Sara"}');
    await call(reference, "POST", "/v1/contacts", { firstName: "Ivan" }, { key: "onsync_pk_live_nobodysnobodys" });
    expect((await latest()).exchange.request.body.text).toBe('{"firstName":"Ivan"}');
  });

  test("with a long body is told of without it, and answered as ever", async () => {
    const note = "x".repeat(70_000);
    const { status } = await ask("POST", "/v1/contacts", { firstName: "Sara", properties: { note } });
    const { exchange } = await latest();
    expect([status, exchange.request.body]).toEqual([
      status,
      { text: null, note: expect.stringContaining("longer than 64 KiB") },
    ]);
    const huge = await call(reference, "POST", "/v1/contacts", undefined, {
      raw: `"${"x".repeat(1_100_000)}"`,
      headers: { "Content-Type": "application/json" },
    });
    expect(huge.status).toBe(413);
  });

  test("with a body that never ends is refused by its size, and not read on for the log", async () => {
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 65_536;
        if (given > 8 * 1024 * 1024) controller.error(new Error("It was read on."));
        else controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const headers = { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" };
    const request = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    expect((await reference.fetch(new Request("http://127.0.0.1/v1/contacts", request))).status).toBe(413);
    expect(given).toBeLessThan(2 * 1024 * 1024);
  });

  test("of another org is not found", async () => {
    await ask("GET", "/v1/me");
    const { requestId } = (await ask("GET", "/_console/requests")).body.data[0];
    const { id } = await reference.control.createOrg({ name: "Acme" });
    for (const [method, path] of [
      ["GET", `/_console/requests/${requestId}?orgId=${id}`],
      ["POST", `/_console/requests/${requestId}/again?orgId=${id}`],
    ] as const) {
      expect((await ask(method, path)).status).toBe(404);
    }
  });
});

describe("over a port", () => {
  test("a body that breaks off, one without a length and one that is slow are answered as without a console", async () => {
    const { url } = await reference.listen();
    const post = (body: NonNullable<RequestInit["body"]>) =>
      fetch(`${url}/contacts`, {
        method: "POST",
        headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
        body,
        duplex: "half",
      } as RequestInit);
    expect((await post('{"email":"one@example.com"}')).status).toBe(201);
    expect((await latest()).exchange.request.body.text).toBe('{"email":"one@example.com"}');
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"email":'));
        setImmediate(() => {
          controller.enqueue(new TextEncoder().encode('"two@example.com"}'));
          controller.close();
        });
      },
    });
    expect((await post(stream)).status).toBe(201);
    expect((await latest()).exchange.request.body.note).toContain("its length was not said");
  });

  test("a request is answered as soon as it is refused, though its body is still to come", async () => {
    const { port } = await reference.listen();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /v1/contacts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n{");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
    expect((await latest()).exchange.request.body).toEqual({ text: null, note: expect.stringContaining("not come") });
  });
});

describe("sent again", () => {
  test("it does once more what it did, with the same key, and is in the log", async () => {
    const narrow = await reference.control.createKey({ scopes: ["read:contacts"] });
    await call(reference, "POST", "/v1/contacts", { email: "a@example.com" }, { key: narrow.key });
    const refused = (await latest()).line.requestId;
    const again = await ask("POST", `/_console/requests/${refused}/again`);
    expect(again.body).toMatchObject({ status: 403, failure: null });
    expect(JSON.parse(again.body.body).error.code).toBe("insufficient_scope");
    expect((await latest()).line).toMatchObject({ keyPrefix: narrow.keyPrefix, status: 403, method: "POST" });

    await ask("POST", "/v1/contacts", { email: "a@example.com" });
    const made = (await latest()).line.requestId;
    expect((await ask("POST", `/_console/requests/${made}/again`)).body.status).toBe(200);
    expect((await ask("GET", "/v1/contacts?email=a%40example.com")).body.data).toHaveLength(1);
    await reference.control.revokeKey(narrow.id);
    expect((await ask("POST", `/_console/requests/${refused}/again`)).body.status).toBe(401);
  });

  test("it meets faults and costs of the budget, as any other", async () => {
    await ask("GET", "/v1/me");
    const { requestId } = (await latest()).line;
    await reference.control.faults.add({ kind: "reset", times: 1 });
    const broken = (await ask("POST", `/_console/requests/${requestId}/again`)).body;
    expect(broken.failure).not.toBeNull();
    const { budget } = (await ask("GET", "/_console/requests")).body;
    expect(budget.remaining).toBe(998);
  });
});

describe("made by the console", () => {
  test("a request is made with a key of which only the id is known", async () => {
    const { id } = await reference.control.createKey({ scopes: ["write:contacts"] });
    const made = await ask("POST", "/_console/requests", {
      method: "POST",
      path: "/v1/contacts",
      keyId: id,
      body: '{"email":"b@example.com"}',
    });
    expect([made.status, made.body.status]).toEqual([200, 201]);
    expect((await latest()).line).toMatchObject({ client: "OnSync console", path: "/v1/contacts", status: 201 });
    expect((await ask("POST", "/_console/requests", { method: "GET", path: "/v1/me" })).body.status).toBe(401);
  });

  test.each([
    [{ method: "GET", path: "/_control/clock" }, "path"],
    [{ method: "GET", path: "//evil.example/v1/" }, "path"],
    [{ method: "GET", path: "/v1/../_control/clock" }, "path"],
    [{ method: "GET", path: "/v1/%2e%2e/_control/clock" }, "path"],
    [{ method: "GET", path: "/v1/me", keyId: "key_of_nobody" }, "keyId"],
    [{ method: "TRACE", path: "/v1/me" }, "method"],
    [{ method: "GET", path: "/v1/me", headers: {} }, "headers"],
  ])("%j is refused by its field", async (given, field) => {
    const { status, body } = await ask("POST", "/_console/requests", given);
    expect([status, body.error.details[0].path]).toEqual([400, [field]]);
  });

  test("a key of another org is no key here", async () => {
    const { id: orgId } = await reference.control.createOrg({ name: "Acme" });
    const { id } = await reference.control.createKey({ orgId });
    expect((await ask("POST", "/_console/requests", { method: "GET", path: "/v1/me", keyId: id })).status).toBe(400);
    const there = await ask("POST", `/_console/requests?orgId=${orgId}`, { method: "GET", path: "/v1/me", keyId: id });
    expect(JSON.parse(there.body.body).org.name).toBe("Acme");
  });
});

test("property: however much is carried, what is kept fits, newest first, and every line stays", () => {
  const log = createRequestLog(10_000);
  const entryOf = (size: number, requestId: string): KeptRequest =>
    ({
      line: { requestId, orgId: null },
      captured: {
        request: { headers: [], body: new Uint8Array(size), isLeftOut: false },
        answer: { headers: [], text: "", isCut: false },
        carriesKey: false,
      },
      path: "/v1/me",
      keyId: null,
    }) as unknown as KeptRequest;
  for (let index = 0; index < 1500; index += 1) log.add(entryOf((index * 397) % 3000, String(index)));
  const kept = log.list("org").map(({ requestId }) => log.find("org", requestId) as KeptRequest);
  expect(kept).toHaveLength(1000);
  const carried = kept.map(({ captured }) => captured?.request.body?.length);
  const first = carried.indexOf(undefined);
  expect(carried.slice(first).every((each) => each === undefined)).toBe(true);
  expect(carried.slice(0, first).reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBeLessThanOrEqual(10_000);
  expect(first).toBeGreaterThan(2);
});
