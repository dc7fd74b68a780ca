import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { register, registrationOf, rotateRegistration } from "../../../cli/listen/registration.ts";
import { startListening } from "../../../cli/listen/run.ts";
import { createLog, toLogFunction } from "../../../cli/output/log.ts";
import { createReference, type Reference } from "../../../reference/index.ts";
import { signPayload, verifySignature } from "../../../src/api/signature.ts";
import { createOnSync, type OnSync, type Transport } from "../../../src/client/index.ts";
import { createFingerprint } from "../../../src/client/send/reference.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import type { EventStore } from "../../../src/webhooks/store/store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { freePort } from "../../../testing/free-port.ts";
import { messageOf } from "../../ledger/messages.ts";
import { onsync as command } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-listen-"));
let files = 0;

function newFile() {
  files += 1;
  return join(folder, `${files}.db`);
}

type Handed = { id: string; genuine: (secret: string) => boolean };
let handed: Handed[] = [];
let sink: Server;
let sinkUrl: string;
let notify: () => void = () => {};

/** Resolves when the sink has seen what the test waits for. */
function until(done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    notify = () => done() && resolve();
    notify();
  });
}

beforeAll(async () => {
  sink = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => {
      const body = Buffer.concat(parts);
      handed.push({
        id: String(request.headers["x-onsync-delivery"]),
        genuine: (secret) => verifySignature(body, String(request.headers["x-onsync-signature"]), secret),
      });
      response.end();
      notify();
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
});
afterEach(() => {
  handed = [];
  notify = () => {};
});
afterAll(() => {
  sink.closeAllConnections();
  sink.close();
  rmSync(folder, { recursive: true });
});

const standard = { port: 0, host: "127.0.0.1", attempts: 10, retry: 1, concurrency: 32, keepDays: 7 };

function listening(env: Record<string, string>, options: Partial<Parameters<typeof startListening>[1]>) {
  const log = createLog({ ONSYNC_LOG_LEVEL: "silent" }, "silent");
  const out = { write: () => {} };
  const io = { env, stdin: (async function* () {})(), stdout: out, stderr: out };
  return startListening(io, { ...standard, forward: sinkUrl, ...options }, log, toLogFunction(log));
}

async function withReference() {
  const reference = createReference({ rateLimit: 1_000_000 });
  const { url } = await reference.listen();
  return {
    reference,
    env: { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url },
    [Symbol.asyncDispose]: () => reference.close(),
  };
}

function clientOf(
  reference: Reference,
  through: (transport: Transport) => Transport = (transport) => transport,
): OnSync {
  return createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    // Waits between retries are over at once, deadlines never come.
    clock: { now: Date.now, sleep: (ms) => (ms < 5000 ? Promise.resolve() : new Promise(() => {})) },
    transport: through(fetchTransport((request) => reference.fetch(request))),
  });
}

function inbound(reference: Reference, n: number) {
  return reference.control.inbound({ platform: "whatsapp", from: `+97150000000${n % 5}`, content: `message ${n}` });
}

describe("onsync listen", () => {
  test("registered, it hands on what OnSync delivers; started again, it is the same endpoint; at the end it is taken back", async () => {
    await using api = await withReference();
    const data = newFile();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const first = await listening(api.env, { data, port, register: url });
    await inbound(api.reference, 1);
    await api.reference.settled();
    await until(() => handed.length >= 3); // the contact, the message, the assignment
    await first.close();

    const second = await listening(api.env, { data, port, register: url, unregister: true });
    expect(second.registered).toEqual(first.registered);
    await second.close();
    expect(await clientOf(api.reference).webhooks.list()).toMatchObject({ data: [] });
    const deliveries = await api.reference.control.deliveries();
    expect(new Set(handed.map(({ id }) => id)).size).toBe(handed.length);
    expect(deliveries.every(({ status }) => status === "delivered")).toBe(true);
  });

  test("with --max-age it refuses what was created longer ago", async () => {
    const receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: "whsec_1" }, { data: newFile(), maxAge: 3_600_000 });
    const statuses: number[] = [];
    for (const [id, ageMs] of [["evt_new", 0] as const, ["evt_old", 3_700_000] as const]) {
      const body = JSON.stringify({ ...messageEvent(id), createdAt: new Date(Date.now() - ageMs).toISOString() });
      const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, "whsec_1") };
      statuses.push((await fetch(receiver.url, { method: "POST", headers, body })).status);
    }
    await receiver.close();
    expect(statuses).toEqual([200, 422]);
  });

  test("signs with ONSYNC_FORWARD_SECRET, or with the newest webhook secret", async () => {
    const events = [messageEvent("evt_1"), messageEvent("evt_2")];
    const environments: Record<string, string>[] = [{ ONSYNC_FORWARD_SECRET: "shared" }, {}];
    for (const [index, env] of environments.entries()) {
      const data = newFile();
      const store = openSqliteStore({ file: data });
      await store.accept(toIncoming(events[index] as (typeof events)[number]));
      await store.close();
      const receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: "newest,older", ...env }, { data });
      await until(() => handed.length === index + 1);
      await receiver.close();
    }
    expect(handed.map(({ genuine }) => [genuine("shared"), genuine("newest")])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test("with a ledger, closes an open send by the event of its message", async () => {
    await using api = await withReference();
    const ledger = newFile();
    const port = await freePort();
    const receiver = await listening(api.env, {
      data: newFile(),
      port,
      register: `http://127.0.0.1:${port}/`,
      ledger,
    });
    const sends = openSqliteLedger({ file: ledger });
    const key = { scope: api.env.ONSYNC_BASE_URL, reference: "order-1187-left" };
    const text = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
    const { platform, to } = text;
    const noted = messageOf(key.reference, { ...key, platform, to, fingerprint: createFingerprint(text) });
    await sends.claim(noted, { leaseMs: 0 });
    expect(await sends.find(key)).toMatchObject({ state: "unknown" });
    const sender = createOnSync({
      apiKey: api.reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => api.reference.fetch(request)),
    });
    const { id } = await sender.messages.send(text, { clientReference: key.reference });
    await api.reference.settled();
    while ((await sends.find(key))?.state !== "sent") await new Promise(setImmediate);
    expect(await sends.find(key)).toMatchObject({ messageId: id });
    await sends.close();
    await receiver.close();
  });

  test("answers a load balancer", async () => {
    const receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: "secret" }, { data: newFile() });
    const response = await fetch(`${receiver.url}healthz`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    await receiver.close();
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ["no secret", [], {}, "Set ONSYNC_WEBHOOK_SECRETS"],
    ["a sink that is none", ["--sink", "kafka:x"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "sqs:QUEUE_URL"],
    [
      "a queue without order",
      ["--sink", "sqs:https://sqs.eu-west-1.amazonaws.com/1/q"],
      { ONSYNC_WEBHOOK_SECRETS: "s" },
      "no FIFO queue",
    ],
    ["a stream without a Redis", ["--sink", "redis:s"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "ONSYNC_REDIS_URL"],
    ["a Redis that is none", ["--redis", "http://x"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "redis://127.0.0.1:6379"],
    ["two places for events", ["--redis", "redis://x", "--data", "y"], {}, "cannot be used with"],
    ["two sinks", ["--forward", "http://x", "--sink", "redis:s"], {}, "cannot be used with"],
    ["no URL", ["--forward", "example.com"], {}, "http or https URL"],
    ["registering without a key", ["--register", "https://x.example.com"], {}, "No API key is set"],
    ["taking back what was not registered", ["--unregister"], { ONSYNC_WEBHOOK_SECRETS: "s" }, "goes with --register"],
  ])("called wrongly: %s", async (_what, args, env, sentence) => {
    const before = readdirSync(folder);
    const data = args.includes("--redis") ? [] : ["--data", newFile()];
    const { code, stdout, stderr } = await command(["listen", "--port", "0", ...data, ...args], {
      env: { ...env, ONSYNC_LOG_LEVEL: "silent" },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(readdirSync(folder)).toEqual(before);
  });
});

const steps = {
  drainMs: 1000,
  now: Date.now,
  say: () => {},
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 20))),
};

test("a port that is taken leaves no event file behind", async () => {
  const before = readdirSync(folder);
  const { port } = sink.address() as AddressInfo;
  await expect(listening({ ONSYNC_WEBHOOK_SECRETS: "s" }, { data: newFile(), port })).rejects.toThrow("EADDRINUSE");
  expect(readdirSync(folder)).toEqual(before);
});

describe("registration", () => {
  const url = "https://hooks.example.com/";

  test("of several receivers that start at once on one store, one registers and all know it", async () => {
    await using api = await withReference();
    const store = openSqliteStore({ file: ":memory:" });
    const all = await Promise.all([1, 2, 3].map(() => register(clientOf(api.reference), store, url, steps)));
    const { data } = await clientOf(api.reference).webhooks.list();
    expect(data).toHaveLength(1);
    for (const each of all) expect(each.webhookId).toBe(data[0]?.id);
    await store.close();
  });

  test("one that died while it registered is taken over: what it made, or the making", async () => {
    for (const made of [true, false]) {
      await using api = await withReference();
      const store = openSqliteStore({ file: ":memory:" });
      const dying = clientOf(api.reference, (transport) => async (request) => {
        if (made) await transport(request);
        throw new Error("killed");
      });
      await register(dying, store, url, steps).catch(() => {});
      let now = Date.now();
      const waits: number[] = [];
      const registered = await register(clientOf(api.reference), store, url, {
        now: () => now,
        sleep: async (ms) => {
          waits.push(ms);
          now += ms;
        },
      });
      expect(waits.length).toBeGreaterThan(10);
      const { data } = await clientOf(api.reference).webhooks.list();
      expect(data.map(({ id }) => id)).toEqual([registered.webhookId]);
      await store.close();
    }
  });
});

describe("onsync listen rotate", () => {
  test("under load no genuine delivery is refused, and every event is handed on", async () => {
    await using api = await withReference();
    const data = newFile();
    const port = await freePort();
    const receiver = await listening(api.env, { data, port, register: `http://127.0.0.1:${port}/` });
    let writing = true;
    let written = 0;
    const load = (async () => {
      while (writing) {
        await inbound(api.reference, written++);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const store = openSqliteStore({ file: data, claim: false });
    const before = await registrationOf(store);
    // OnSync has a quarter of an hour for what it still has for the old endpoint: more than a slow machine takes here.
    const patient = { ...steps, drainMs: 15_000 };
    for (let n = 0; n < 3; n++) await rotateRegistration(clientOf(api.reference), store, patient);
    const after = await registrationOf(store);
    writing = false;
    await load;
    await api.reference.settled();

    expect(after).toMatchObject({ replaces: null, url: before?.url });
    expect(after?.webhookId).not.toBe(before?.webhookId);
    expect((await clientOf(api.reference).webhooks.list()).data.map(({ id }) => id)).toEqual([after?.webhookId]);
    const messages = await messageEvents(store, written);
    await until(() => messages.every((id) => handed.some((each) => each.id === id)));
    const deliveries = await api.reference.control.deliveries({ limit: 10_000 });
    expect(deliveries.flatMap(({ attempts }) => attempts).filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
    await store.close();
    await receiver.close();
  }, 90_000);

  /** Every message written is kept, though the endpoints changed under it. */
  const messageEvents = async (store: EventStore, written: number): Promise<string[]> => {
    const kept = await store.list({ limit: 100_000 });
    const contents = new Set(
      kept.filter(({ type }) => type === "message.created").map(({ body }) => JSON.parse(body).data.content),
    );
    expect(contents.size).toBe(written);
    return kept.map(({ id }) => id);
  };

  test("waits for what OnSync still has for the old endpoint, and gives it all the time its attempts take", async () => {
    await using api = await withReference();
    const store = openSqliteStore({ file: ":memory:" });
    const onsync = clientOf(api.reference);
    const { webhookId } = await register(onsync, store, "http://127.0.0.1:2/", steps);
    await inbound(api.reference, 1); // nobody takes it: it waits for its next attempt
    await api.reference.settled();
    const looks: number[] = [];
    let now = 0;
    const said: string[] = [];
    const rotated = await rotateRegistration(onsync, store, {
      drainMs: 60_000,
      now: () => now,
      say: (message) => said.push(message),
      sleep: async (ms) => {
        looks.push(ms);
        now += ms;
        const { data } = await onsync.webhooks.list();
        expect(data.map(({ id }) => id)).toContain(webhookId);
      },
    });
    expect(now).toBe(60_000);
    expect(looks.length).toBeLessThan(12);
    expect(said).toEqual([`Waiting until OnSync has delivered what it still has for the old endpoint ${webhookId}.`]);
    expect((await onsync.webhooks.list()).data.map(({ id }) => id)).toEqual([rotated.webhookId]);
    await store.close();
  });

  test("broken off anywhere, the next run goes on from there and leaves one endpoint", async () => {
    // Each run dies at one more request; the last dies at none.
    for (let dies = 1; dies < 8; dies++) {
      await using api = await withReference();
      const store = openSqliteStore({ file: ":memory:" });
      const url = "https://hooks.example.com/";
      await register(clientOf(api.reference), store, url, steps);
      let requests = 0;
      const dying = clientOf(api.reference, (transport) => (request) => {
        requests += 1;
        if (requests >= dies) throw new Error("killed");
        return transport(request);
      });
      await rotateRegistration(dying, store, { ...steps, sleep: async () => {} }).catch(() => {});
      const finished = await rotateRegistration(clientOf(api.reference), store, { ...steps, sleep: async () => {} });
      const { data } = await clientOf(api.reference).webhooks.list();
      expect(data.map(({ id }) => id)).toEqual([finished.webhookId]);
      expect(await registrationOf(store)).toMatchObject({ replaces: null });
      await store.close();
    }
  });

  test("of several URLs on one store each is rotated, and its old secret accepted for an hour", async () => {
    await using api = await withReference();
    const data = newFile();
    const store = openSqliteStore({ file: data, claim: false });
    const urls = ["http://127.0.0.1:2/a", "http://127.0.0.1:2/b"];
    const before = [];
    for (const url of urls) before.push((await register(clientOf(api.reference), store, url, steps)).webhookId);
    const { code, stdout } = await command(["listen", "rotate", "--data", data], {
      env: { ...api.env, ONSYNC_LOG_LEVEL: "silent" },
    });
    expect(code).toBe(0);
    const rotated = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rotated.map((each) => each.rotated).sort()).toEqual(urls);
    const { data: endpoints } = await clientOf(api.reference).webhooks.list();
    expect(endpoints.map(({ id }) => id).sort()).toEqual(rotated.map(({ webhookId }) => webhookId).sort());
    for (const id of before) expect(endpoints.map((each) => each.id)).not.toContain(id);
    const secrets: { until: number | null }[] = JSON.parse((await store.setting("secrets")) as string);
    const hours = secrets.flatMap(({ until }) => (until === null ? [] : [(until - Date.now()) / 3_600_000]));
    expect(hours).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)]);
    await store.close();
  });

  test("with an endpoint of one's own, prints a secret that receivers on the store accept at once", async () => {
    const data = newFile();
    const receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: "old" }, { data });
    const { code, stdout } = await command(["listen", "rotate", "--data", data], {
      env: { ONSYNC_LOG_LEVEL: "silent" },
    });
    expect(code).toBe(0);
    const { secret } = JSON.parse(stdout);
    const { signPayload } = await import("../../../src/api/signature.ts");
    for (const [index, signing] of [secret, "old", "forged"].entries()) {
      const { body } = toIncoming(messageEvent(`evt_${index}`));
      const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, signing) };
      const { status } = await fetch(receiver.url, { method: "POST", headers, body });
      expect(status).toBe(signing === "forged" ? 401 : 200);
    }
    await receiver.close();
  });
});

describe("secrets of endpoints made by hand", () => {
  const status = async (url: string, secret: string): Promise<number> => {
    const { signPayload } = await import("../../../src/api/signature.ts");
    const { body } = toIncoming(messageEvent("evt_1"));
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  const rotated = async (data: string, ...args: string[]): Promise<string> => {
    const { stdout } = await command(["listen", "rotate", "--data", data, ...args], {
      env: { ONSYNC_LOG_LEVEL: "silent" },
    });
    return JSON.parse(stdout).secret;
  };

  test("what rotate printed ends with the next one's time, restarts and the environment notwithstanding", async () => {
    const data = newFile();
    let receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: "by hand" }, { data });
    const first = await rotated(data);
    const second = await rotated(data);
    // Accepted for a day.
    expect([await status(receiver.url, second), await status(receiver.url, first)]).toEqual([200, 200]);
    const store = openSqliteStore({ file: data, claim: false });
    const untils = JSON.parse((await store.setting("secrets")) as string).map(({ until }: { until: number }) => until);
    expect([untils[0], (untils[1] - Date.now()) / 86_400_000]).toEqual([null, expect.closeTo(1, 2)]);
    await store.close();
    const third = await rotated(data, "--accept-old", "0");
    expect([await status(receiver.url, third), await status(receiver.url, second)]).toEqual([200, 401]);
    await receiver.close();
    receiver = await listening({ ONSYNC_WEBHOOK_SECRETS: `${first},${second},by hand` }, { data });
    const statuses = [];
    for (const secret of [first, second, third, "by hand"]) statuses.push(await status(receiver.url, secret));
    // A secret of one's own ends when no receiver is started with it.
    expect(statuses).toEqual([401, 401, 200, 200]);
    await receiver.close();
    receiver = await listening({}, { data });
    expect([await status(receiver.url, "by hand"), await status(receiver.url, third)]).toEqual([401, 200]);
    await receiver.close();
  });

  test("rotating them leaves registered endpoints alone, and the other way round", async () => {
    await using api = await withReference();
    const data = newFile();
    const port = await freePort();
    const receiver = await listening(api.env, { data, port, register: `http://127.0.0.1:${port}/` });
    const printed = await rotated(data, "--own");
    await rotated(data, "--own", "--accept-old", "0");
    const store = openSqliteStore({ file: data, claim: false });
    const registration = await registrationOf(store);
    expect(await status(receiver.url, registration?.secret as string)).toBe(200);
    expect(await status(receiver.url, printed)).toBe(401);
    const kept = await rotated(data, "--own");
    const { stdout } = await command(["listen", "rotate", "--data", data, "--accept-old", "0"], {
      env: { ...api.env, ONSYNC_LOG_LEVEL: "silent" },
    });
    const after = await registrationOf(store);
    expect(JSON.parse(stdout)).toEqual({ rotated: registration?.url, webhookId: after?.webhookId });
    expect(await status(receiver.url, kept)).toBe(200);
    expect(await status(receiver.url, after?.secret as string)).toBe(200);
    expect(await status(receiver.url, registration?.secret as string)).toBe(401);
    await store.close();
    await receiver.close();
  });

  test("rotate on a file that is not there names it, and makes none", async () => {
    const data = newFile();
    const { code, stderr } = await command(["listen", "rotate", "--data", data]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(data)]);
    expect(existsSync(data)).toBe(false);
  });
});

describe("onsync events", () => {
  const filled = async () => {
    const data = newFile();
    const store = openSqliteStore({ file: data });
    for (const n of [1, 2]) await store.accept(toIncoming(messageEvent(`evt_${n}`, `key${n}`)));
    for (const taken of await store.take(2)) await store.bury(taken, "the sink answered 500");
    await store.accept(toIncoming(messageEvent("evt_3", "key3")));
    await store.close();
    return data;
  };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await command(["events", ...args]);
    return {
      code,
      stderr,
      lines: stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };

  test("list shows the dead letters, one a line, or what is asked for", async () => {
    const data = await filled();
    const dead = await run("list", "--data", data);
    expect(dead.lines).toMatchObject([
      { id: "evt_1", key: "key1", error: "the sink answered 500", state: "dead" },
      { id: "evt_2", key: "key2" },
    ]);
    expect(dead.lines[0]).not.toHaveProperty("body");
    const waiting = await run("list", "--data", data, "--state", "waiting", "--full");
    expect(waiting.lines).toMatchObject([{ id: "evt_3", event: messageEvent("evt_3", "key3") }]);
    expect((await run("list", "--data", data, "--state", "all", "--after", "2")).lines.map(({ id }) => id)).toEqual([
      "evt_3",
    ]);
    expect((await run("list", "--data", data, "--state", "all", "--key", "key2")).lines.map(({ id }) => id)).toEqual([
      "evt_2",
    ]);
  });

  test("replay puts them back: some, or all dead ones", async () => {
    const data = await filled();
    expect(await run("replay", "--data", data, "evt_1")).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect(await run("replay", "--data", data, "--dead")).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect((await run("stats", "--data", data)).lines).toMatchObject([{ waiting: 3, dead: 0, accepted: 3 }]);
    const unknown = await run("replay", "--data", data, "evt_9");
    expect(unknown).toMatchObject({ code: 1, lines: [{ replayed: 0, unknown: ["evt_9"] }] });
    expect(unknown.stderr).toContain("evt_9: not kept here");
  });

  test("replay takes the events of an id of every org, or of one", async () => {
    const data = await filled();
    const store = openSqliteStore({ file: data });
    await store.accept(toIncoming({ ...messageEvent("evt_1", "key9"), orgId: "org_other" }));
    const taken = (await store.take(10)).find(({ org }) => org === "org_other");
    await store.bury(taken as NonNullable<typeof taken>, "no");
    await store.close();
    const all = await run("list", "--data", data);
    expect(all.lines.map(({ org, id }) => [org, id])).toContainEqual(["org_other", "evt_1"]);
    const none = await run("replay", "--data", data, "evt_1", "--org", "org_9");
    expect(none).toMatchObject({ code: 1, lines: [{ replayed: 0, unknown: ["evt_1"] }] });
    const one = await run("replay", "--data", data, "evt_1", "--org", "org_other");
    expect(one).toMatchObject({ code: 0, lines: [{ replayed: 1 }] });
    expect((await run("list", "--data", data)).lines.map(({ org, id }) => [org, id])).toEqual([
      ["org_123", "evt_1"],
      ["org_123", "evt_2"],
    ]);
    const beside = openSqliteStore({ file: data });
    for (const each of await beside.take(10)) await beside.bury(each, "no");
    await beside.close();
    expect(await run("replay", "--data", data, "evt_1")).toMatchObject({ code: 0, lines: [{ replayed: 2 }] });
    expect(await run("replay", "--data", data, "--dead", "--org", "org_123")).toMatchObject({ code: 2 });
  });

  test("says what is missing", async () => {
    expect(await run("replay", "--data", await filled())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--dead"),
    });
    const none = join(folder, "none.db");
    expect(await run("stats", "--data", none)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no event file"),
    });
  });
});
