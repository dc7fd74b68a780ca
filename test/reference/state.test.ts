/** What stays: the data file, snapshots, the demo data, keys as hashes. And what a port gives. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createReference } from "../../reference/index.ts";
import { type Body, call, day, start, still } from "./caller.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "onsync-state-"));
  folders.push(path);
  return path;
}

/** The file's only key: the control API tells the ids of those it made alone. */
function keyIdOf(data: string): unknown {
  const sql = new DatabaseSync(data, { readOnly: true });
  try {
    return sql.prepare("SELECT id FROM keys").get()?.id;
  } finally {
    sql.close();
  }
}

describe("the data file", () => {
  test("keeps everything across a restart: objects, keys, budgets, whose turn it is", async () => {
    const data = join(folder(), "reference.db");
    let made: { key: string };
    let contact: Body;
    {
      await using api = still({ data, rateLimit: 10 });
      made = await api.reference.control.createKey();
      ({ body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000", tags: ["a"] }));
      await api.inbound();
      await api.reference.control.templates.save({ name: "greeting" });
    }
    await using api = still({ data, rateLimit: 10 });
    const { body: me } = await api.call("GET", "/v1/me", undefined, { key: made.key });
    expect(me.rateLimit.remaining).toBe(8);
    const { body } = await api.call("GET", `/v1/contacts/${contact.id}`);
    expect(body).toMatchObject({ id: contact.id, tags: ["a"], activity: { messageCount: 1 } });
    expect((await api.call("GET", "/v1/templates")).body.data).toMatchObject([
      { name: "greeting" },
      { name: "order_follow_up" },
    ]);
    await api.inbound("Hi", "+971500000001");
    const { data: conversations } = (await api.call("GET", "/v1/conversations")).body;
    expect(conversations.map((conversation: Body) => conversation.assignee.name)).toEqual([
      "Layla Haddad",
      "Omar Nasser",
    ]);
  });

  test("is the whole state: what a restart finds is what there was, to the last row", async () => {
    const options = {
      data: join(folder(), "reference.db"),
      keys: ["onsync_pk_test_k"],
      deliver: async () => ({ status: 500 }),
    };
    const one = still(options);
    const { control } = one.reference;
    await control.clock({ freeze: true, now: "2030-02-28T23:59:59.999Z" });
    await one.call("POST", "/v1/webhooks", { url: "https://example.com/hooks", events: ["message.created"] });
    const { body: paused } = await one.call("POST", "/v1/webhooks", {
      url: "https://example.com/paused",
      events: ["message.created", "contact.created"],
    });
    await control.pauseWebhook(paused.id);
    await one.inbound();
    await one.reference.settled();
    await control.revokeKey((await control.createKey()).id);
    await control.createOrg({ name: "Other", rateLimit: 5 });
    await control.faults.add({
      path: "/v1/me",
      status: 503,
      times: 3,
      after: true,
      headers: { "X-A": "b" },
      body: [1],
    });
    await one.call("GET", "/v1/me");
    await control.behaviour({ times: "micros", historyLagMs: 7, refuseLimitOver: 9 });
    const before = one.reference.snapshot();
    await one.reference.close();

    await using other = still(options);
    expect(other.reference.snapshot()).toEqual(before);
    expect(await other.reference.control.clock()).toEqual({ now: "2030-02-28T23:59:59.999Z", frozen: true });
    expect(await other.reference.control.faults.list()).toMatchObject([{ hits: 1, after: true }]);
    expect(await other.reference.control.deliveries()).toMatchObject([
      { eventType: "contact.created", status: "pending", attempts: [] },
      { eventType: "message.created", status: "pending", attempts: [{ statusCode: 500 }] },
      { eventType: "message.created", status: "pending", attempts: [] },
    ]);
  });

  test("keeps a revoked key revoked, also where the same command admits it again, and says so; a reset begins anew", async () => {
    const data = join(folder(), "reference.db");
    const named = "onsync_pk_test_named00000000";
    let id = "";
    {
      await using api = still({ data, keys: [named] });
      expect((await api.call("GET", "/v1/me")).status).toBe(200);
      id = String(await keyIdOf(data));
      await api.reference.control.revokeKey(id);
    }
    const said: string[] = [];
    for (let start = 0; start < 2; start++) {
      await using api = still({
        data,
        keys: [named, "onsync_pk_test_other00000000"],
        log: ({ level, message }) => level === "warn" && said.push(message),
      });
      const { status, body } = await api.call("GET", "/v1/me");
      expect([status, body.error.message]).toEqual([401, expect.stringContaining("revoked")]);
      expect((await api.call("GET", "/v1/me", undefined, { key: "onsync_pk_test_other00000000" })).status).toBe(200);
      await api.call("GET", "/v1/webhooks");
    }
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^The key onsync_pk_test_name.*… was revoked in this data file/);
    await using api = still({ data, keys: [named] });
    await api.reference.control.reset();
    expect((await api.call("GET", "/v1/me")).status).toBe(200);
  });

  test("and every file beside it hold no key", async () => {
    const path = folder();
    const api = still({ data: join(path, "reference.db"), keys: ["onsync_pk_live_notToBeFoundAnywhere"] });
    const { key } = await api.reference.control.createKey();
    await api.call("GET", "/v1/me", undefined, { key });
    const contents = (): string =>
      readdirSync(path)
        .map((name) => readFileSync(join(path, name), "latin1"))
        .join("");
    const open = contents();
    await api.reference.close();
    for (const bytes of [open, contents()]) {
      expect(bytes).toContain("onsync_pk_live_notT");
      expect(bytes).not.toContain("notToBeFoundAnywhere");
      expect(bytes).not.toContain(key);
    }
  });

  test("of another kind, of another version, in no folder: an error says what to do", () => {
    const path = folder();
    const text = join(path, "notes.txt");
    writeFileSync(text, "these are my notes, and no database at all ".repeat(50));
    expect(() => createReference({ data: text })).toThrow(/Cannot open the data file .*notes\.txt/);
    expect(readFileSync(text, "utf8")).toMatch(/^these are my notes/);
    expect(() => createReference({ data: join(path, "no", "such", "folder.db") })).toThrow(/in an existing folder/);
  });
});

describe("a request", () => {
  test("what a request writes is written whole or not at all", async () => {
    const data = join(folder(), "reference.db");
    await using api = still({ data, deliver: async () => ({ status: 200 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    const beside = new DatabaseSync(data);
    beside.exec("CREATE TRIGGER fails BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    expect((await api.call("POST", "/v1/contacts", { phone: "+971500000000" })).status).toBe(500);
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
    beside.exec("DROP TRIGGER fails");
    beside.close();
    expect((await api.call("POST", "/v1/contacts", { phone: "+971500000000" })).status).toBe(201);
    await api.reference.settled();
    expect(await api.reference.control.deliveries()).toHaveLength(1);
  });
});

describe("reset", () => {
  test("is over when who put something there has put it there again, and the next one waits for that", async () => {
    const seen: string[] = [];
    const api = still({
      onReset: async () => {
        seen.push("begins");
        await reference.control.templates.save({ name: "mine" });
        await new Promise(setImmediate);
        seen.push("ends");
      },
    });
    const { reference } = api;
    await Promise.all([reference.control.reset(), reference.control.reset()]);
    expect(seen).toEqual(["begins", "ends", "begins", "ends"]);
    expect(await reference.control.templates.list()).toMatchObject([{ name: "mine" }, { name: "order_follow_up" }]);
    await reference.close();
  });

  test("fails where that fails, and the next one does not", async () => {
    let fails = true;
    await using api = still({
      onReset: async () => {
        if (fails) throw new Error("the receiver is gone");
      },
    });
    await expect(api.reference.control.reset()).rejects.toThrow("the receiver is gone");
    fails = false;
    await expect(api.reference.control.reset()).resolves.toBeUndefined();
  });
});

describe("snapshot and restore", () => {
  test("everything is as it was, clock and faults included, and it is plain JSON", async () => {
    await using api = still({ deliver: async () => ({ status: 500 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000", firstName: "Sara" });
    await api.inbound();
    await api.reference.control.clock({ freeze: true, advanceMs: 1000 });
    await api.reference.control.faults.add({ status: 503, path: "/v1/none" });
    const snapshot = JSON.parse(JSON.stringify(api.reference.snapshot()));
    expect(JSON.stringify(snapshot)).not.toContain(api.reference.key);

    await api.call("PATCH", `/v1/contacts/${contact.id}`, { firstName: "Changed" });
    await api.later(day);
    await api.reference.control.faults.clear();
    await api.call("DELETE", `/v1/webhooks/${(await api.call("GET", "/v1/webhooks")).body.data[0].id}`);
    await api.reference.restore(snapshot);

    expect(api.reference.snapshot()).toEqual(snapshot);
    expect((await api.call("GET", `/v1/contacts/${contact.id}`)).body.firstName).toBe("Sara");
    expect((await api.call("GET", "/v1/contacts?query=sara")).body.data).toHaveLength(1);
    expect((await api.call("GET", "/v1/contacts?query=changed")).body.data).toEqual([]);
    expect(await api.reference.control.clock()).toEqual({ now: new Date(start + 1000).toISOString(), frozen: true });
    expect(await api.reference.control.faults.list()).toHaveLength(1);
    expect((await api.call("GET", "/v1/webhooks")).body.data[0].stats).toMatchObject({ pending: 1 });
  });

  test("in another reference: its own key goes on working, on the data of the snapshot", async () => {
    await using one = still();
    await one.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await using other = still();
    await other.reference.restore(one.reference.snapshot());
    for (const key of [other.reference.key, one.reference.key]) {
      expect((await other.call("GET", "/v1/contacts", undefined, { key })).body.data).toHaveLength(1);
    }
    expect(other.reference.orgId).toBe(one.reference.orgId);
  });

  test("what was under way belongs to the state that is gone", async () => {
    const answers: ((answer: { status: number }) => void)[] = [];
    await using api = still({ deliver: () => new Promise((resolve) => answers.push(resolve)) });
    const snapshot = api.reference.snapshot();
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.reference.restore(snapshot);
    for (const answer of answers) answer({ status: 200 });
    await api.reference.settled();
    expect(api.reference.snapshot()).toEqual(snapshot);
  });

  test("of another version is refused", async () => {
    await using api = still();
    const snapshot = { ...api.reference.snapshot(), version: 999 };
    await expect(api.reference.restore(snapshot)).rejects.toThrow(/format 999/);
  });
});

describe("demo data", () => {
  test("Sara's window is open, Yusuf's is closed; templates, platforms and both directions are there", async () => {
    await using api = still({ seed: "demo" });
    const { body } = await api.call("GET", "/v1/contacts?phone=%2B971500000000");
    expect(body.data).toMatchObject([
      { firstName: "Sara", lastName: "Hussein", email: "sara@example.com", properties: { externalId: "crm_8740" } },
    ]);
    const text = { platform: "whatsapp", messageType: "text", content: "Hello" };
    expect((await api.call("POST", "/v1/messaging/send", { ...text, to: "+971500000000" })).status).toBe(201);
    expect((await api.call("POST", "/v1/messaging/send", { ...text, to: "+971501112233" })).status).toBe(400);
    const history = (await api.call("GET", "/v1/conversations/whatsapp:+971500000000/messages")).body.data;
    expect(new Set(history.map((message: Body) => message.direction))).toEqual(new Set(["inbound", "outbound"]));
    const { data: conversations } = (await api.call("GET", "/v1/conversations")).body;
    expect(new Set(conversations.map((conversation: Body) => conversation.platform))).toEqual(
      new Set(["whatsapp", "instagram", "telegram"]),
    );
    const { data: templates } = (await api.call("GET", "/v1/templates")).body;
    expect(templates.map((template: Body) => `${template.name} ${template.language}`)).toEqual([
      "appointment_reminder en",
      "order_follow_up ar",
      "order_follow_up en",
    ]);
    // It happened in the past, and in the order of its ids.
    const { data: contacts } = (await api.call("GET", "/v1/contacts")).body;
    for (const contact of contacts) expect(Date.parse(contact.createdAt)).toBeLessThan(start);
    const ids = contacts.map((contact: Body) => contact.id);
    expect(ids).toEqual(ids.toSorted().reverse());
  });

  test("a file that holds something is left alone; reset tells the story anew", async () => {
    const data = join(folder(), "reference.db");
    {
      await using api = still({ data });
      await api.call("POST", "/v1/contacts", { phone: "+10000000" });
    }
    await using api = still({ data, seed: "demo" });
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(1);
    await api.reference.control.reset();
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(5);
  });
});

describe("on a port", () => {
  test("a free one, several at once, and closed with the reference", async () => {
    const reference = createReference();
    const [one, other] = [await reference.listen(), await reference.listen(0, "127.0.0.1")];
    expect(one.url).toBe(`http://127.0.0.1:${one.port}/v1`);
    expect(other.port).not.toBe(one.port);
    const headers = { Authorization: `Bearer ${reference.key}` };
    for (const { url } of [one, other]) expect((await fetch(`${url}/me`, { headers })).status).toBe(200);
    await one.close();
    await expect(fetch(`${one.url}/me`, { headers })).rejects.toThrow("fetch failed");
    await reference.close();
    await expect(fetch(`${other.url}/me`, { headers })).rejects.toThrow("fetch failed");
    await reference.close();
  });

  test("a port that is taken is an error", async () => {
    const reference = createReference();
    const { port } = await reference.listen();
    await expect(reference.listen(port)).rejects.toThrow(/EADDRINUSE/);
    await reference.close();
  });

  test("a large body is refused on the wire as in process, and the connection goes on", async () => {
    const reference = createReference();
    const { url } = await reference.listen();
    const post = (body: string) =>
      fetch(`${url}/contacts`, {
        method: "POST",
        headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
        body,
      });
    const refused = await post("x".repeat(3_000_000));
    expect(refused.status).toBe(413);
    expect(((await refused.json()) as Body).error.code).toBe("payload_too_large");
    expect((await post('{"phone":"+971500000000"}')).status).toBe(201);
    await reference.close();
  });

  test("a Host that is none gets an error with the envelope", async () => {
    const reference = createReference();
    const { port } = await reference.listen();
    const { connect } = await import("node:net");
    const socket = connect(port, "127.0.0.1");
    socket.end("GET /v1/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    const { error, requestId, timestamp } = JSON.parse(body);
    expect(error.code).toBe("validation_failed");
    expect(head.toLowerCase()).toContain(`x-request-id: ${requestId.toLowerCase()}`);
    expect(timestamp).toMatch(/Z$/);
    await reference.close();
  });

  test("in process the same request has the same answer", async () => {
    const reference = createReference({ clock: () => start });
    const { origin } = await reference.listen();
    const headers = { Authorization: `Bearer ${reference.key}` };
    const wire = await fetch(`${origin}/v1/contacts?limit=0`, { headers });
    const inProcess = await call(reference, "GET", "/v1/contacts?limit=0");
    const body = (await wire.json()) as Body;
    expect(wire.status).toBe(inProcess.status);
    expect({ ...body, requestId: "" }).toEqual({ ...inProcess.body, requestId: "" });
    await reference.close();
  });
});
