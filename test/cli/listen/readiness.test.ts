/** What `onsync listen` says when it is asked whether it takes deliveries. */
import { describe, expect, test } from "@jest/globals";
import { openDeliveryPort } from "../../../cli/listen/delivery-port.ts";
import { createReadinessChecks } from "../../../cli/listen/readiness.ts";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { createProbes } from "../../../src/http/probes.ts";
import { type Sink, SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { watchReach } from "../../../src/webhooks/sinks/watch-reach.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { listen, useFolder, useSink } from "./receivers.ts";

const { newFile } = useFolder();
const sink = useSink();
const secrets = { ONSYNC_WEBHOOK_SECRETS: "whsec_1" };

async function ask(url: string): Promise<[number, unknown]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}

/** What the checks make of it all. */
async function examine(checks: ReturnType<typeof createReadinessChecks>): Promise<unknown> {
  const probes = createProbes();
  probes.start(checks);
  return JSON.parse((await probes.answer("GET", "/readyz"))?.body ?? "");
}

const reached = { isReached: () => true };

describe("a receiver", () => {
  test("is alive and not ready before its store is open, and takes no delivery", async () => {
    const port = await openDeliveryPort(0, "127.0.0.1");
    const url = `http://127.0.0.1:${port.port}`;
    expect(await ask(`${url}/healthz`)).toEqual([200, { ok: true }]);
    expect(await ask(`${url}/readyz`)).toEqual([503, { ready: false, problems: { server: "is starting" } }]);
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(503);
    await port.close();
  });

  test("is ready when it listens, says no once it turns away, and takes deliveries all the same", async () => {
    const receiver = await listen(sink, secrets, { data: newFile(), ledger: newFile() });
    expect(await ask(`${receiver.url}readyz`)).toEqual([200, { ready: true }]);
    receiver.turnAway();
    expect(await ask(`${receiver.url}readyz?from=balancer`)).toEqual([
      503,
      { ready: false, problems: { server: "is stopping" } },
    ]);
    const delivery = await fetch(receiver.url, { method: "POST", headers: { "content-type": "application/json" } });
    // No signature: it was looked at.
    expect([delivery.status, delivery.headers.get("connection")]).toEqual([401, "close"]);
    await receiver.close();
  });

  test("is not ready where its store or its ledger cannot be written to", async () => {
    const store = openSqliteStore({ file: newFile() });
    const broken = () => Promise.reject(new Error("the disk is full"));
    const ledger = { ...createMemoryLedger(), durable: true, setNote: broken };
    const checks = createReadinessChecks({}, { store, sink: reached, ledger });
    expect(await examine(checks)).toEqual({ ready: false, problems: { ledger: "cannot be written to" } });
    await store.close();
    expect(await examine(checks)).toEqual({
      ready: false,
      problems: { store: "cannot be written to", ledger: "cannot be written to" },
    });
  });

  test("asked again and again writes one setting, and no event", async () => {
    const store = openSqliteStore({ file: newFile() });
    const checks = createReadinessChecks({}, { store, sink: reached, ledger: undefined });
    for (let probe = 0; probe < 3; probe++) expect(await examine(checks)).toEqual({ ready: true });
    expect(await store.stats()).toMatchObject({ accepted: 0, waiting: 0 });
    await store.close();
  });
});

describe("a sink that is out of reach", () => {
  const late = { sink: "is out of reach, and the oldest event has waited for longer than --max-lag" };

  async function withOldEvent(ageMs: number) {
    const clock = { now: () => Date.now() - ageMs, sleep: () => Promise.resolve() };
    const file = newFile();
    const early = openSqliteStore({ file, clock });
    await early.accept(toIncoming(messageEvent("evt_1")));
    await early.close();
    return openSqliteStore({ file });
  }

  test("leaves a receiver ready, however late: the events wait there, and nowhere else", async () => {
    const store = await withOldEvent(86_400_000);
    const checks = createReadinessChecks({}, { store, sink: { isReached: () => false }, ledger: undefined });
    expect(await examine(checks)).toEqual({ ready: true });
    await store.close();
  });

  test("makes it unready with --max-lag, once an event has waited for longer", async () => {
    const store = await withOldEvent(61_000);
    const away = { isReached: () => false };
    const parts = { store, ledger: undefined };
    expect(await examine(createReadinessChecks({ maxLag: 60_000 }, { ...parts, sink: away }))).toEqual({
      ready: false,
      problems: late,
    });
    expect(await examine(createReadinessChecks({ maxLag: 90_000 }, { ...parts, sink: away }))).toEqual({ ready: true });
    expect(await examine(createReadinessChecks({ maxLag: 60_000 }, { ...parts, sink: reached }))).toEqual({
      ready: true,
    });
    await store.close();
  });

  test("is one that did not answer the last time: who refuses an event is there", async () => {
    const outcomes = [new SinkUnavailableError("away"), new Error("422"), new SinkUnavailableError("away"), undefined];
    const handOn: Sink["handOn"] = async () => {
      const outcome = outcomes.shift();
      if (outcome) throw outcome;
    };
    const watched = watchReach({ name: "a sink", handOn, close: async () => {} });
    const seen = [watched.isReached()];
    const event = { id: "evt_1", type: "x", key: "k", sequence: 1, createdAt: 0, body: "{}", attempt: 1 };
    for (let attempt = 0; attempt < 4; attempt++) {
      await watched.handOn(event, new AbortController().signal).catch(() => {});
      seen.push(watched.isReached());
    }
    expect(seen).toEqual([true, false, true, false, true]);
  });
});
