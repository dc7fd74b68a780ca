/** The data file: what stays in it across a restart, and what it never holds. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { type Body, still } from "../caller.ts";
import { createFolder } from "../folders.ts";

/** The file's only key: the control API tells the ids of those it made alone. */
function readKeyId(data: string): unknown {
  const sql = new DatabaseSync(data, { readOnly: true });
  try {
    return sql.prepare("SELECT id FROM keys").get()?.id;
  } finally {
    sql.close();
  }
}

describe("the data file", () => {
  test("keeps everything across a restart: objects, keys, budgets, whose turn it is", async () => {
    const data = join(createFolder(), "reference.db");
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
      data: join(createFolder(), "reference.db"),
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
    const data = join(createFolder(), "reference.db");
    const named = "onsync_pk_test_named00000000";
    let id = "";
    {
      await using api = still({ data, keys: [named] });
      expect((await api.call("GET", "/v1/me")).status).toBe(200);
      id = String(await readKeyId(data));
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

  test("neither the data file nor a file beside it holds a key", async () => {
    const path = createFolder();
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

  test("a file that is no database, or in no folder, is an error that says what to do", () => {
    const path = createFolder();
    const text = join(path, "notes.txt");
    writeFileSync(text, "these are my notes, and no database at all ".repeat(50));
    expect(() => createReference({ data: text })).toThrow(/Cannot open the data file .*notes\.txt/);
    expect(readFileSync(text, "utf8")).toMatch(/^these are my notes/);
    expect(() => createReference({ data: join(path, "no", "such", "folder.db") })).toThrow(/in an existing folder/);
  });
});

describe("a request", () => {
  test("what a request writes is written whole or not at all", async () => {
    const data = join(createFolder(), "reference.db");
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
