/** The deviations that a client must survive (docs/contract.md, "Deviations"), each on command, for every answer and event. */
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { type Body, call, start, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

const documented = {
  historyLagMs: 0,
  conversationIds: "documented",
  notFound: "own",
  lateWorkMs: 0,
  historyMetadata: true,
  maxPage: 100,
  refuseLimitOver: 100,
  times: "utc",
};
const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hello" };
const historyPath = "/v1/conversations/whatsapp%3A%2B971500000000/messages";

type Api = ReturnType<typeof still>;

function send(api: Api, more: object = {}) {
  return api.call("POST", "/v1/messaging/send", { ...text, ...more });
}

function behave(api: Api, behaviour: object) {
  return api.call("PUT", "/_control/behaviour", behaviour, { key: null });
}

function contents(answer: { body: Body }) {
  return answer.body.data.map((message: Body) => message.content);
}

describe("the control API", () => {
  test("reads it, sets all of it at once, and takes it back", async () => {
    await using api = still({ control: true });
    expect((await api.call("GET", "/_control/behaviour")).body).toMatchObject(documented);
    expect((await behave(api, { historyLagMs: 100, times: "micros" })).body).toMatchObject({
      ...documented,
      historyLagMs: 100,
      times: "micros",
    });
    expect((await behave(api, { maxPage: 50 })).body).toMatchObject({ ...documented, maxPage: 50 });
    expect((await api.call("DELETE", "/_control/behaviour")).body).toMatchObject(documented);
    await behave(api, { maxPage: 50 });
    await api.reference.control.reset();
    expect(await api.reference.control.behaviour()).toEqual(documented);
    expect(await api.reference.control.behaviour({ notFound: "framework" })).toEqual({
      ...documented,
      notFound: "framework",
    });
    expect(await api.reference.control.behaviour()).toMatchObject({ notFound: "framework" });
  });

  test.each<[object, string]>([
    [{ historyLagMs: -1 }, "historyLagMs"],
    [{ historyLagMs: "100" }, "historyLagMs"],
    [{ historyLagMs: 1.5 }, "historyLagMs"],
    [{ conversationIds: "numbers" }, "conversationIds"],
    [{ notFound: true }, "notFound"],
    [{ lateWorkMs: 1e9 }, "lateWorkMs"],
    [{ historyMetadata: "no" }, "historyMetadata"],
    [{ maxPage: 0 }, "maxPage"],
    [{ maxPage: null }, "maxPage"],
    [{ refuseLimitOver: 101 }, "refuseLimitOver"],
    [{ times: "local" }, "times"],
    [{ lag: 5 }, "lag"],
  ])("%j is refused by its name, and changes nothing", async (behaviour, field) => {
    await using api = still({ control: true });
    const { error } = expectError(await behave(api, behaviour), "validation_failed");
    expect(error.details[0].path).toEqual([field]);
    expect(error.message.startsWith(field)).toBe(true);
    expect(await api.reference.control.behaviour()).toEqual(documented);
  });

  test("no behaviour reaches the control API's own answers", async () => {
    await using api = still({ control: true });
    const { body } = await behave(api, { times: "zoneless", notFound: "framework" });
    expect(body.timestamp).toMatch(/Z$/);
    expectError(await api.call("POST", "/_control/webhooks/wh_1/pause"), "not_found");
  });
});

describe("historyLagMs", () => {
  test("history leaves out what is younger, and shows it when it is not", async () => {
    await using api = still();
    await api.inbound("One");
    await api.reference.control.behaviour({ historyLagMs: 100 });
    await api.later(99);
    await send(api, { content: "Two" });
    expect(contents(await api.call("GET", historyPath))).toEqual([]);
    await api.later(1);
    expect(contents(await api.call("GET", historyPath))).toEqual(["One"]);
    await api.later(99);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Two", "One"]);
    // A page never tells of what lies behind the lag either.
    await api.later(1000);
    await send(api, { content: "Three" });
    const { body } = await api.call("GET", `${historyPath}?limit=1`);
    expect([contents({ body }), body.nextBefore]).toEqual([["Two"], body.data[0].createdAt]);
  });
});

describe("conversationIds", () => {
  test.each([
    ["digits", /^whatsapp:971500000000$/],
    ["opaque", /^conv_[0-9A-Z]+$/],
  ] as const)("%s: everything that names a conversation does it so, and finds it so alone", async (form, pattern) => {
    const delivered: Body[] = [];
    await using api = still({
      control: true,
      deliver: async ({ body }) => {
        delivered.push(JSON.parse(body));
        return { status: 200 };
      },
    });
    await behave(api, { conversationIds: form });
    await api.call("POST", "/v1/webhooks", {
      url: "https://example.com/hooks",
      events: ["message.created", "message.updated", "conversation.assigned", "conversation.resolved"],
    });
    const inbound = await api.inbound();
    const { body: sent } = await send(api);
    const id = sent.conversationId as string;
    expect(id).toMatch(pattern);
    expect(inbound.conversationId).toBe(id);
    await api.reference.control.setMessageStatus(sent.id, { status: "sent" });
    // Who stands around OnSync may use either form.
    expect((await api.reference.control.assign(id, "Omar Nasser")).id).toBe(id);
    expect((await api.reference.control.resolve("whatsapp:+971500000000")).id).toBe(id);

    const history = await api.call("GET", `/v1/conversations/${encodeURIComponent(id)}/messages`);
    expect(history.body.data.map((message: Body) => message.conversationId)).toEqual([id, id]);
    expectError(await api.call("GET", historyPath), "not_found");
    expect((await api.call("GET", "/v1/conversations")).body.data.map((each: Body) => each.id)).toEqual([id]);
    const { body: contacts } = await api.call("GET", "/v1/contacts");
    const { body: contact } = await api.call("GET", `/v1/contacts/${contacts.data[0].id}`);
    expect(contact.activity.conversationIds).toEqual([id]);
    await api.reference.settled();
    expect(delivered.length).toBeGreaterThanOrEqual(5);
    for (const { data } of delivered) expect(data.conversationId ?? data.id).toBe(id);

    await behave(api, {});
    expect((await api.call("GET", historyPath)).body.data).toHaveLength(2);
    expectError(await api.call("GET", `/v1/conversations/${encodeURIComponent(id)}/messages`), "not_found");
  });

  test("an opaque id of another org is not found", async () => {
    await using api = still();
    await api.reference.control.behaviour({ conversationIds: "opaque" });
    const { conversationId } = await api.inbound();
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    const { key } = await api.reference.control.createKey({ orgId });
    const path = `/v1/conversations/${conversationId}/messages`;
    expect((await api.call("GET", path)).status).toBe(200);
    expectError(await api.call("GET", path, undefined, { key }), "not_found");
  });
});

describe("notFound", () => {
  test.each([
    ["GET", historyPath, undefined],
    ["GET", "/v1/contacts/contact_1", undefined],
    ["PATCH", "/v1/contacts/contact_1", { tags: [] }],
    ["DELETE", "/v1/webhooks/wh_1", undefined],
  ])("framework: %s %s is a framework's 404", async (method, path, body) => {
    await using api = still();
    await api.reference.control.behaviour({ notFound: "framework" });
    const answer = await api.call(method, path, body);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      statusCode: 404,
      error: "Not Found",
      message: expect.stringMatching(/^There is no/),
    });
    expectError(await api.call("GET", "/v1/nothing"), "unknown_endpoint");
  });
});

describe("lateWorkMs", () => {
  test.each<[string, object, number | null]>([
    ["500 of OnSync's own", { status: 500 }, 500],
    ["503", { status: 503 }, 503],
    ["a redirect", { status: 303, headers: { Location: "/elsewhere" } }, 303],
    ["304", { status: 304 }, 304],
    ["a firewall's HTML 403", { status: 403, body: "<html>Forbidden</html>" }, 403],
    ["a gateway's 404", { status: 404, body: { statusCode: 404, error: "Not Found" } }, 404],
    ["a dropped answer", { kind: "drop_response" }, null],
    ["a reset", { kind: "reset" }, null],
    ["a malformed answer", { kind: "malformed" }, null],
  ])("%s: the work is done so long after it, once", async (_what, fault, status) => {
    await using api = still({ extensions: true });
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, ...fault });
    const answer = await send(api, { content: "Late" }).catch(() => null);
    if (status !== null) expect(answer?.status).toBe(status);
    await api.later(499);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    await api.later(1);
    const { body } = await api.call("GET", historyPath);
    expect(contents({ body })).toEqual(["Late", "Hi"]);
    expect(body.data[0].createdAt).toBe(new Date(start + 500).toISOString());
    await api.later(10_000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Late", "Hi"]);
  });

  test.each<[string, object]>([
    ["429 in OnSync's own format", { status: 429 }],
    ["400 in OnSync's own format", { status: 400, body: { error: { code: "validation_failed", message: "No" } } }],
    ["409 in OnSync's own format, as a text", { status: 409, body: '{"error":{"code":"duplicate","message":"No"}}' }],
  ])("%s proves that nothing was done, so nothing is", async (_what, fault) => {
    await using api = still();
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, ...fault });
    await send(api, { content: "Late" });
    await api.later(10_000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
  });

  test("an answer that is held back is waited for: the work comes after it", async () => {
    let release = (): void => {};
    await using api = still({ sleep: () => new Promise((resolve) => (release = () => resolve())) });
    await api.inbound();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 500, latencyMs: 2000 });
    const sending = send(api, { content: "Late" });
    await new Promise((resolve) => setImmediate(resolve));
    await api.later(2000);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    release();
    expect((await sending).status).toBe(500);
    await api.later(499);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
    await api.later(1);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Late", "Hi"]);
  });

  test("work that waits is gone after a reset", async () => {
    await using api = still();
    await api.reference.control.behaviour({ lateWorkMs: 500 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 500 });
    await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.reference.control.reset();
    await api.later(10_000);
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
  });

  test("by the real clock, over a socket", async () => {
    await using api = still({ clock: Date.now });
    const { url } = await api.reference.listen();
    await api.reference.control.behaviour({ lateWorkMs: 1 });
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 502, body: "<html></html>" });
    const answer = await fetch(`${url}/contacts`, {
      method: "POST",
      headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ phone: "+971500000000" }),
    });
    expect(answer.status).toBe(502);
    const saved = async () => (await api.call("GET", "/v1/contacts")).body.data.length;
    const end = Date.now() + 5000;
    while ((await saved()) === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
    expect(await saved()).toBe(1);
  });
});

describe("history and lists", () => {
  test("historyMetadata: false leaves metadata out of history, and nowhere else", async () => {
    await using api = still();
    await api.inbound();
    await api.reference.control.behaviour({ historyMetadata: false });
    const { body: sent } = await send(api, { metadata: { clientReference: "r-1" } });
    expect(sent.metadata).toEqual({ clientReference: "r-1" });
    for (const message of (await api.call("GET", historyPath)).body.data)
      expect(message).not.toHaveProperty("metadata");
  });

  test("maxPage caps every list, and paging on misses nothing", async () => {
    await using api = still();
    for (const count of [1, 2, 3, 4, 5]) {
      await api.inbound(`No ${count}`);
      await api.call("POST", "/v1/contacts", { email: `${count}@example.com` });
    }
    await api.reference.control.behaviour({ maxPage: 2 });
    const seen: string[] = [];
    for (let before = ""; ; ) {
      const { body } = await api.call("GET", `${historyPath}?limit=100${before}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...contents({ body }));
      if (body.nextBefore === null) break;
      before = `&before=${encodeURIComponent(body.nextBefore)}`;
    }
    expect(seen).toEqual(["No 5", "No 4", "No 3", "No 2", "No 1"]);
    const { body } = await api.call("GET", "/v1/contacts");
    expect([body.data.length, typeof body.nextCursor]).toEqual([2, "string"]);
    expect((await api.call("GET", "/v1/conversations?limit=100")).body.data).toHaveLength(1);
  });

  test("refuseLimitOver refuses a limit that is larger, and pages without one stay within it", async () => {
    await using api = still();
    for (let count = 0; count < 25; count += 1) await api.inbound();
    await api.reference.control.behaviour({ refuseLimitOver: 20 });
    for (const path of [historyPath, "/v1/contacts", "/v1/conversations"]) {
      const { error } = expectError(await api.call("GET", `${path}?limit=21`), "validation_failed");
      expect(error.details).toEqual([{ path: ["limit"], code: "too_big", message: "must be at most 20" }]);
      expect((await api.call("GET", `${path}?limit=20`)).status).toBe(200);
    }
    expect((await api.call("GET", historyPath)).body.data).toHaveLength(20);
  });
});

describe("times", () => {
  const times = async (form: "zoneless" | "micros") => {
    const delivered: Body[] = [];
    const api = still({
      deliver: async ({ body }) => {
        delivered.push(JSON.parse(body));
        return { status: 200 };
      },
    });
    await api.reference.control.behaviour({ times: form });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com/hooks", events: ["message.created"] });
    for (const content of ["One", "Two", "Three"]) {
      await api.inbound(content);
      await api.later(1);
    }
    await api.reference.settled();
    return { api, delivered };
  };

  test.each([
    ["zoneless", /^2024-12-01T11:00:\d\d\.\d{3}$/],
    ["micros", /^2024-12-01T11:00:\d\d\.\d{6}Z$/],
  ] as const)("%s: in every body of the API and every event", async (form, pattern) => {
    const { api, delivered } = await times(form);
    await using _ = api;
    const metadata = { createdAt: "2024-12-01T11:00:00.000Z" };
    const { body: sent } = await send(api, { metadata });
    // What the caller stored is the caller's.
    expect(sent.metadata).toEqual(metadata);
    const { body: list } = await api.call("GET", "/v1/conversations");
    const { body: account } = await api.call("GET", "/v1/me");
    const { body: history } = await api.call("GET", `${historyPath}?limit=2`);
    for (const time of [
      ...[
        sent.createdAt,
        sent.timestamp,
        list.data[0].updatedAt,
        list.data[0].lastInboundAt,
        account.rateLimit.resetAt,
      ],
      ...[history.nextBefore, history.data[1].createdAt, delivered[0].createdAt, delivered[0].data.createdAt],
    ]) {
      expect(time).toMatch(pattern);
    }
    if (form === "micros") expect(sent.createdAt).not.toMatch(/000Z$/);
  });

  test.each(["zoneless", "micros"] as const)(
    "%s: paging by nextBefore misses nothing and repeats nothing",
    async (form) => {
      const { api } = await times(form);
      await using _ = api;
      const seen: string[] = [];
      for (let before = ""; ; ) {
        const { body } = await api.call("GET", `${historyPath}?limit=1${before}`);
        seen.push(...contents({ body }));
        if (body.nextBefore === null) break;
        before = `&before=${encodeURIComponent(body.nextBefore)}`;
      }
      expect(seen).toEqual(["Three", "Two", "One"]);
    },
  );
});

describe("faults that answer for the work", () => {
  test.each<[string, object, number]>([
    ["303", { status: 303 }, 303],
    ["204 without a body", { status: 204 }, 204],
    ["a firewall's HTML 403", { status: 403, body: "<h1>Forbidden</h1>" }, 403],
  ])("after: the work is done first, then comes %s", async (_what, fault, status) => {
    await using api = still();
    await api.inbound();
    await api.reference.control.faults.add({ method: "POST", times: 1, after: true, ...fault });
    const answer = await send(api, { content: "Done" });
    expect(answer.status).toBe(status);
    if ("body" in fault) expect(answer.text).toBe(fault.body);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Done", "Hi"]);
  });

  test.each(["reset", "truncate", "malformed"] as const)("a status without a body, and %s", async (kind) => {
    await using api = still();
    await api.reference.control.faults.add({ status: 304, kind, times: 1 });
    expect(await api.call("GET", "/v1/contacts")).toMatchObject({ status: 304, text: "" });
  });

  test("without it the work is not done", async () => {
    await using api = still();
    await api.inbound();
    await api.reference.control.faults.add({ method: "POST", times: 1, status: 303 });
    expect((await send(api)).status).toBe(303);
    expect(contents(await api.call("GET", historyPath))).toEqual(["Hi"]);
  });

  test.each([
    [{ after: true, latencyMs: 5 }, "after goes with status"],
    [{ status: 503, headers: { "not a name": "x" } }, "HTTP headers"],
  ])("%j is refused", async (fault, sentence) => {
    await using api = still();
    await expect(api.reference.control.faults.add(fault)).rejects.toThrow(sentence);
  });
});

test("faults and behaviour survive a restart with the same data file, and travel in a snapshot", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = mkdtempSync(join(tmpdir(), "onsync-behaviour-"));
  try {
    const options = { data: join(folder, "data.db"), keys: ["onsync_pk_test_k"], clock: () => start };
    const one = createReference(options);
    await one.control.behaviour({ maxPage: 1, conversationIds: "opaque" });
    const fault = await one.control.faults.add({ status: 503, times: 2 });
    expect((await call(one, "GET", "/v1/contacts")).status).toBe(503);
    await one.close();

    const other = createReference(options);
    expect(await other.control.behaviour()).toEqual({ ...documented, maxPage: 1, conversationIds: "opaque" });
    expect(await other.control.faults.list()).toEqual([{ ...fault, hits: 1 }]);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(503);
    expect((await call(other, "GET", "/v1/contacts")).status).toBe(200);

    const fresh = createReference({ clock: () => start });
    await fresh.restore(other.snapshot());
    expect(await fresh.control.behaviour()).toMatchObject({ maxPage: 1 });
    await fresh.restore({ ...other.snapshot(), behaviour: undefined } as never);
    expect(await fresh.control.behaviour()).toEqual(documented);
    await fresh.close();
    await other.control.reset();
    await other.close();
    const third = createReference(options);
    expect([await third.control.behaviour(), await third.control.faults.list()]).toEqual([documented, []]);
    await third.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
