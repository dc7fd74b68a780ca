/** What the receiver and the dispatcher do where they are told nothing: the figures of docs/events.md. */
import fs, { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, jest, test } from "@jest/globals";
import { maxBodyBytes } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { startDispatcher } from "../../src/webhooks/dispatcher/dispatcher.ts";
import { createReceiver } from "../../src/webhooks/receiver/receiver.ts";
import { type Sink, SinkUnavailableError } from "../../src/webhooks/sinks/sink.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../testing/events.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const secret = "whsec_test";

/** A dispatcher that is told nothing but where and to whom, on a clock that jumps; it ends with the test. */
async function dispatching(
  clock: VirtualClock,
  file: string,
  handOn: Sink["handOn"],
  events: number,
  random?: () => number,
) {
  const store = openSqliteStore({ file, clock });
  for (let n = 1; n <= events; n++) await store.accept(toIncoming(messageEvent(`evt_${n}`, `key${n}`)));
  const sink: Sink = { name: "sink", handOn, close: async () => {} };
  const dispatcher = startDispatcher({ store, sink, clock, ...(random && { random }) });
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      await dispatcher.close();
      await store.close();
    },
  };
}

function deliveryOf(body: string | ReadableStream, signature: string): Request {
  return new Request("http://127.0.0.1/", {
    method: "POST",
    headers: { "content-type": "application/json", "x-onsync-signature": signature },
    body,
    duplex: "half",
  } as RequestInit);
}

test("a body may take 10 seconds, and the store 8", async () => {
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    return new Promise<void>(() => {});
  };
  const store = openSqliteStore({ file: ":memory:" });
  const receiver = createReceiver({ secrets: [secret], store, clock: { now: () => 0, sleep } });
  const { body } = toIncoming(messageEvent("evt_1"));
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
  const { body } = toIncoming(messageEvent("evt_1"));
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
  const hanging = async (clock: VirtualClock, events: number) => {
    const begun: string[] = [];
    const aborted: number[] = [];
    const hang = ({ id }: { id: string }, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        begun.push(id);
        signal.addEventListener("abort", () => {
          aborted.push(clock.now());
          reject(signal.reason);
        });
      });
    return { begun, aborted, at: await dispatching(clock, ":memory:", hang, events) };
  };
  const clock = new VirtualClock();
  const alone = await hanging(clock, 32);
  await using _alone = alone.at;
  const startedAt = clock.now();
  await clock.sleep(14_999);
  expect(alone.begun).toHaveLength(32);
  expect(alone.aborted).toEqual([]);
  await clock.sleep(2);
  expect(alone.aborted[0]).toBe(startedAt + 15_000);

  // Others wait for a place: after two seconds, when nothing was answered yet, one that hangs makes way.
  const crowded = await hanging(clock, 40);
  await using _crowded = crowded.at;
  const begunAt = clock.now();
  await clock.sleep(1_999);
  expect(crowded.begun).toHaveLength(32);
  expect(crowded.aborted).toEqual([]);
  await clock.sleep(2);
  expect(crowded.aborted[0]).toBe(begunAt + 2_000);
});

test.each([
  ["least", 0, 255.5],
  ["most", 0.999999, 511],
])("ten refusals make a dead letter, after 1, 2, 4 … seconds: at %s jitter", async (_jitter, random, seconds) => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const refuse = async () => {
    times.push(clock.now());
    throw new Error("no");
  };
  await using at = await dispatching(clock, ":memory:", refuse, 1, () => random);
  while ((await at.store.stats()).dead === 0) await clock.sleep(1000);
  expect(times).toHaveLength(10);
  const gaps = times.slice(1).map((time, index) => (time - (times[index] as number)) / 1000);
  const whole = Array.from({ length: 9 }, (_, index) => 2 ** index);
  expect(gaps.map((gap) => Math.round(gap * 2))).toEqual(whole.map((gap) => (random < 0.5 ? gap : 2 * gap)));
  expect(gaps.reduce((sum, gap) => sum + gap)).toBeCloseTo(seconds, 0);
});

test("however long an outage lasts, the sink is tried again at least every five minutes", async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const fail = async () => {
    times.push(clock.now());
    throw new SinkUnavailableError("connection refused");
  };
  await using _at = await dispatching(clock, ":memory:", fail, 1, () => 0.999999);
  while (times.length < 14) await clock.sleep(60_000);
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(Math.max(...gaps.slice(0, 9))).toBeLessThan(299_000);
  for (const gap of gaps.slice(9)) expect(Math.abs(gap - 300_000)).toBeLessThan(1000);
});

test("an event is accepted when the log of its commit is synced, whatever was written before it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-synced-"));
  const file = join(folder, "events.db");
  const steps: string[] = [];
  const { exec } = DatabaseSync.prototype;
  let synchronous = "";
  const execSpy = jest.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
    synchronous = /synchronous ?= ?(\w+)/.exec(sql)?.[1] ?? synchronous;
    exec.call(this, sql);
    if (/\bCOMMIT\b/.test(sql)) steps.push(`committed, ${synchronous}`);
  });
  const { fdatasync } = fs;
  const syncSpy = jest.spyOn(fs, "fdatasync").mockImplementation((descriptor, callback) => {
    const isLog = fs.fstatSync(descriptor).ino === fs.statSync(`${file}-wal`).ino;
    fdatasync(descriptor, (error) => {
      if (isLog && !error) steps.push("synced");
      callback(error);
    });
  });
  const stepsOf = async (what: Promise<unknown>): Promise<string[]> => {
    steps.length = 0;
    await what;
    return [...steps];
  };
  try {
    const store = openSqliteStore({ file });
    for (const id of ["evt_1", "evt_2"]) {
      expect(await stepsOf(store.accept(toIncoming(messageEvent(id))))).toEqual(["committed, NORMAL", "synced"]);
      const [taken] = await store.take(1);
      // That may be lost with the power: the event is handed on again then.
      expect(await stepsOf(store.done(taken as NonNullable<typeof taken>))).toEqual(["committed, NORMAL"]);
    }
    await store.close();
  } finally {
    execSpy.mockRestore();
    syncSpy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

test("what is replayed beside a running receiver is handed on within a second", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-replay-"));
  // The clock jumps while nothing happens here, and waits for no disk.
  const spy = jest.spyOn(fs, "fdatasync").mockImplementation((descriptor, callback) => {
    fs.fdatasyncSync(descriptor);
    callback(null);
  });
  try {
    const clock = new VirtualClock();
    const file = join(folder, "events.db");
    const handed: string[] = [];
    await using at = await dispatching(clock, file, async ({ id }) => void handed.push(id), 1);
    while ((await at.store.stats()).waiting > 0) await clock.sleep(100);
    const beside = openSqliteStore({ file, claim: false, clock });
    expect(await beside.replay(["evt_1"])).toEqual(["evt_1"]);
    await beside.close();
    await clock.sleep(1000);
    expect(handed).toEqual(["evt_1", "evt_1"]);
  } finally {
    spy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
