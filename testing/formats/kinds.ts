/**
 * Every kind of file that the product keeps: how one is filled through the product's own doors, and what these doors say is in
 * it. What was said of a file when it was made is what any later version must say of it.
 */
import { createHash } from "node:crypto";
import { createReference } from "../../reference/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, startOfTests, toIncoming } from "../events.ts";
import type { FileKind } from "./file-kind.ts";
import { exportState, importJournal, syncState } from "./state-kinds.ts";

const stillClock = { now: () => startOfTests, sleep: async () => {} };

function openEvents(file: string, claim = true) {
  return openSqliteStore({ file, claim, clock: stillClock });
}

const events: FileKind = {
  name: "events",
  async make(file) {
    const store = openEvents(file);
    const keys = ["a", "a", "b", "c", "d"];
    for (const [index, key] of keys.entries()) await store.accept(toIncoming(messageEvent(`evt_${index}`, key, index)));
    for (const claimed of await store.take(10)) {
      if (claimed.key === "a") await store.done(claimed);
      if (claimed.key === "b") await store.retry(claimed, { afterMs: 60_000, error: "500", refused: true });
      if (claimed.key === "c") await store.bury(claimed, "the sink answered 422");
    }
    await store.swapSetting("a setting", null, "what it is");
    await store.close();
  },
  async read(file) {
    const store = openEvents(file, false);
    const listed = await store.list({ limit: 1000 });
    const contents = {
      end: await store.end(),
      stats: await store.stats(),
      setting: await store.setting("a setting"),
      // What older formats do not have is left out: whose it is, and its number.
      events: listed.map(({ org: _org, sequence: _sequence, ...event }) => event),
    };
    await store.close();
    return contents;
  },
  async use(file) {
    const store = openEvents(file);
    if (!(await store.accept(toIncoming(messageEvent("evt_later", "a"))))) throw new Error("it was not accepted");
    await store.close();
  },
};

/** Seconds, fewer than a claim holds: on another machine a claim is as old as that machine has been up. */
const uptime = () => 10;
const scope = "https://api.example.com/v1";
const leaseMs = 45_000;

function openSends(file: string) {
  return openSqliteLedger({ file, clock: stillClock, uptime });
}

function describeSend(reference: string) {
  const message = { scope, reference, fingerprint: "f".repeat(64), platform: "whatsapp", to: "+971500000000" };
  return { ...message, messageType: "text" };
}

const ledger: FileKind = {
  name: "ledger",
  async make(file) {
    const sends = openSends(file);
    const requestId = "req_1";
    for (const reference of ["claimed", "sent", "not_sent", "unknown"]) {
      const { entry } = await sends.claim(describeSend(reference), { leaseMs });
      const message = { messageId: "msg_1", conversationId: "whatsapp:+971500000000", sentAt: null };
      if (reference === "sent") await sends.record(entry, { state: "sent", ...message, requestId });
      if (reference === "not_sent" || reference === "unknown")
        await sends.record(entry, { state: reference, reason: "the reason", requestId }, entry.claimId);
    }
    await sends.setNote("a note", "what it says", { ttlMs: 86_400_000 });
    await sends.admit("a name", [{ limit: 1, windowMs: 3_600_000 }]);
    await sends.close();
  },
  async read(file) {
    const sends = openSends(file);
    // By the other's clock, whose machine is not this one, ages are counted from its start.
    const entries = (await sends.list()).map(({ ageMs: _ageMs, ...entry }) => entry);
    const { admitted } = await sends.admit("a name", [{ limit: 1, windowMs: 3_600_000 }]);
    const contents = { entries, note: await sends.note("a note"), admitted };
    await sends.close();
    return contents;
  },
  async use(file) {
    const sends = openSends(file);
    const { granted } = await sends.claim(describeSend("later"), { leaseMs });
    await sends.setNote("later", "more", { ttlMs: 86_400_000, list: "a list" });
    const [listed] = await sends.listNotes("a list");
    if (!granted || listed !== "more") throw new Error("it was not noted");
    await sends.close();
  },
};

function openApi(data: string) {
  return createReference({
    data,
    keys: ["onsync_pk_test_k"],
    clock: () => startOfTests,
    random: () => 0.5,
    deliver: async () => ({ status: 500 }),
  });
}

/** No secret stands in a file of tests, nor in what one that fails prints. */
function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

const reference: FileKind = {
  name: "reference",
  async make(data) {
    const api = openApi(data);
    const post = async (path: string, body: object) => {
      const headers = { Authorization: `Bearer ${api.key}`, "Content-Type": "application/json" };
      const request = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await api.fetch(new Request(`http://127.0.0.1/v1${path}`, request));
      if (!answer.ok) throw new Error(await answer.text());
    };
    await api.control.clock({ freeze: true, now: "2024-12-01T10:00:00.000Z" });
    await post("/webhooks", { url: "https://example.com/hooks", events: ["message.created"] });
    await post("/contacts", { phone: "+971500000000", firstName: "Sara", tags: ["vip"] });
    await api.control.carrier({ mode: "delivers" });
    await api.control.summaries.set({ enabled: true, everyMessages: 2 });
    await api.control.triggers.create({
      name: "Orders",
      when: { contains: ["order"] },
      actions: { addTags: ["order"], reply: { text: "We look into it." } },
    });
    await api.control.inbound({ platform: "whatsapp", from: "+971500000001", content: "Where is my order?" });
    await api.settled();
    await api.close();
  },
  async read(data) {
    const api = openApi(data);
    const { data: tables, clock } = api.snapshot();
    await api.close();
    return {
      ...tables,
      clock,
      settings: Object.fromEntries(tables.settings.map(({ name, value }) => [name, value])),
      webhooks: tables.webhooks.map(({ secret, ...webhook }) => ({ ...webhook, secret: hash(String(secret)) })),
      // What format 1 had of them.
      attempts: tables.attempts.map(({ seq, delivery, at, status_code, error }) => {
        return { seq, delivery, at, status_code, error };
      }),
    };
  },
  async use(data) {
    const api = openApi(data);
    await api.control.inbound({ platform: "whatsapp", from: "+971500000002", content: "Hello?" });
    await api.settled();
    if ((await api.control.deliveries()).length < 2) throw new Error("nothing was delivered");
    await api.close();
  },
};

export const fileKinds: readonly FileKind[] = [events, ledger, reference, importJournal, syncState, exportState];
