/** What the receiver and the dispatcher do where they are told nothing: the figures of docs/events.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../src/api/index.ts";
import { startDispatcher } from "../../src/events/dispatcher.ts";
import { createReceiver } from "../../src/events/receiver.ts";
import { signPayload } from "../../src/events/signature.ts";
import { SinkUnavailableError } from "../../src/events/sinks/sink.ts";
import { openSqliteStore } from "../../src/events/sqlite/index.ts";
import { VirtualClock } from "../support/clock.ts";
import { incoming, messageEvent } from "./store-contract.ts";

const secret = "whsec_test";

const deliveryOf = (body: string | ReadableStream, signature: string): Request =>
  new Request("http://127.0.0.1/", {
    method: "POST",
    headers: { "content-type": "application/json", "x-onsync-signature": signature },
    body,
    duplex: "half",
  } as RequestInit);

test("a body may take 10 seconds, and the store 8", async () => {
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    return new Promise<void>(() => {});
  };
  const store = openSqliteStore({ file: ":memory:" });
  const receiver = createReceiver({ secrets: [secret], store, clock: { now: () => 0, sleep } });
  const { body } = incoming(messageEvent("evt_1"));
  expect((await receiver.fetch(deliveryOf(body, signPayload(body, secret)))).status).toBe(200);
  expect(waits).toEqual([10_000, 8_000]);
  await store.close();
});

test("64 MiB of bodies are held at once, and no more", async () => {
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => {}) };
  const store = openSqliteStore({ file: ":memory:" });
  const receiver = createReceiver({ secrets: [secret], store, clock });
  const mebibyte = new Uint8Array(maxBodyBytes);
  const senders = Array.from({ length: 64 }, () => {
    const arrived = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(mebibyte),
      // It is asked for more when the first piece was taken.
      pull: async (controller) => {
        arrived.resolve();
        await ended.promise;
        controller.close();
      },
    });
    return { arrived: arrived.promise, end: ended.resolve, answer: receiver.fetch(deliveryOf(body, "0")) };
  });
  await Promise.all(senders.map(({ arrived }) => arrived));
  await new Promise(setImmediate);
  const { body } = incoming(messageEvent("evt_1"));
  const deliver = async () => (await receiver.fetch(deliveryOf(body, signPayload(body, secret)))).status;
  expect(await deliver()).toBe(503);
  for (const { end } of senders) end();
  expect(new Set((await Promise.all(senders.map(({ answer }) => answer))).map(({ status }) => status))).toEqual(
    new Set([401]),
  );
  expect(await deliver()).toBe(200);
  await store.close();
});

test("32 events are under way at once, each for 15 seconds at most", async () => {
  const clock = new VirtualClock();
  const store = openSqliteStore({ file: ":memory:", clock });
  const startedAt = clock.now();
  const begun: string[] = [];
  let abortedAfter: number | undefined;
  const sink = {
    name: "sink",
    handOn: ({ id }: { id: string }, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        begun.push(id);
        signal.addEventListener("abort", () => {
          abortedAfter ??= clock.now() - startedAt;
          reject(signal.reason);
        });
      }),
    close: async () => {},
  };
  for (let n = 0; n < 40; n++) await store.accept(incoming(messageEvent(`evt_${n}`, `key${n}`)));
  const dispatcher = startDispatcher({ store, sink, clock });
  await clock.sleep(14_999);
  expect(begun).toHaveLength(32);
  expect(abortedAfter).toBeUndefined();
  await clock.sleep(1);
  expect(abortedAfter).toBe(15_000);
  await dispatcher.close();
  await store.close();
});

test.each([
  ["least", 0, 255.5],
  ["most", 0.999999, 511],
])("ten refusals make a dead letter, after 1, 2, 4 … seconds: at %s jitter", async (_jitter, random, seconds) => {
  const clock = new VirtualClock();
  const store = openSqliteStore({ file: ":memory:", clock });
  const times: number[] = [];
  const handOn = async () => {
    times.push(clock.now());
    throw new Error("no");
  };
  const sink = { name: "sink", handOn, close: async () => {} };
  const dispatcher = startDispatcher({ store, sink, clock, random: () => random });
  await store.accept(incoming(messageEvent("evt_1")));
  while ((await store.stats()).dead === 0) await clock.sleep(1000);
  expect(times).toHaveLength(10);
  const gaps = times.slice(1).map((time, index) => (time - (times[index] as number)) / 1000);
  expect(gaps.map((gap) => Math.round(gap * 2))).toEqual(
    Array.from({ length: 9 }, (_, index) => (random < 0.5 ? 2 ** index : 2 ** (index + 1))),
  );
  expect(Math.round(((times[9] as number) - (times[0] as number)) / 100) / 10).toBeCloseTo(seconds, 0);
  await dispatcher.close();
  await store.close();
});

test("however long an outage lasts, the sink is tried again at least every five minutes", async () => {
  const clock = new VirtualClock();
  const store = openSqliteStore({ file: ":memory:", clock });
  const times: number[] = [];
  const handOn = async () => {
    times.push(clock.now());
    throw new SinkUnavailableError("connection refused");
  };
  const sink = { name: "sink", handOn, close: async () => {} };
  const dispatcher = startDispatcher({ store, sink, clock, random: () => 0.999999 });
  await store.accept(incoming(messageEvent("evt_1")));
  while (times.length < 14) await clock.sleep(60_000);
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(gaps.slice(0, 9).every((gap) => gap < 299_000)).toBe(true);
  for (const gap of gaps.slice(9)) expect(Math.abs(gap - 300_000)).toBeLessThan(1000);
  await dispatcher.close();
  await store.close();
});

test("what is replayed beside a running receiver is handed on within a second", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-replay-"));
  const file = join(folder, "events.db");
  const clock = new VirtualClock();
  const store = openSqliteStore({ file, clock });
  const handed: string[] = [];
  const sink = { name: "sink", handOn: async ({ id }: { id: string }) => void handed.push(id), close: async () => {} };
  const dispatcher = startDispatcher({ store, sink, clock });
  await store.accept(incoming(messageEvent("evt_1")));
  while ((await store.stats()).waiting > 0) await clock.sleep(100);
  const beside = openSqliteStore({ file, claim: false, clock });
  expect(await beside.replay(["evt_1"])).toEqual(["evt_1"]);
  await clock.sleep(1000);
  expect(handed).toEqual(["evt_1", "evt_1"]);
  await beside.close();
  await dispatcher.close();
  await store.close();
  rmSync(folder, { recursive: true });
});
