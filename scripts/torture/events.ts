/**
 * Kills the webhook receiver at random moments while the reference API delivers to it, and judges what came out: every
 * acknowledged event handed on, each conversation in order, no repeats but those that at-least-once allows. The receivers'
 * clocks are up to ten minutes off and jump, the sink hangs now and then, and some events become dead letters and are
 * replayed. Two consumers follow the documentation to the letter, one by number and one by id, and lose nothing.
 *
 *   npm run torture -- --engine sqlite       one receiver on a SQLite file, killed 200 times
 *   npm run torture -- --engine sqlite --rounds 20
 *   npm run torture -- --engine redis        three receivers on one real Redis: one killed or paused at a time, and Redis
 *                                            itself killed every twentieth round (needs redis-server)
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openRedisStore } from "../../src/webhooks/store/redis/redis-store.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { findBroken } from "../../testing/hostile/consumer.ts";
import { judge } from "../../testing/receivers/judge.ts";
import { startLoad } from "../../testing/receivers/load.ts";
import { createReceiverProcess, type Receiver } from "../../testing/receivers/receivers.ts";
import { startSink } from "../../testing/receivers/sink.ts";
import { skipped, startRedis } from "../../testing/redis-server.ts";

const { values } = readOptions({
  options: {
    rounds: { type: "string", default: "200" },
    engine: { type: "string", default: "sqlite" },
  },
});
const rounds = Number(values.rounds);
const redisEngine = values.engine === "redis";
if (!Number.isInteger(rounds) || rounds < 1) refuseUsage("--rounds: give a whole number of at least 1.");
if (redisEngine && skipped !== null) refuseUsage(`--engine redis: ${skipped}`);

const receiverCount = redisEngine ? 3 : 1;
const leaseSeconds = 2;
const redisRestartEvery = 20;
const settleEvery = 10;
const drainTimeoutMs = 120_000;

const secret = "torture-secret";
const folder = mkdtempSync(join(tmpdir(), "onsync-torture-"));
const file = join(folder, "events.db");
const redis = redisEngine ? await startRedis() : null;
let epoch = 0;
const sink = await startSink(secret, Math.random, () => epoch);
const place = redis ? ["--redis", redis.url] : ["--data", file];
const args = [...place, "--lease", String(leaseSeconds), "--forward", sink.url, "--retry", "0.05", "--attempts", "3"];
const receivers = Array.from({ length: receiverCount }, () =>
  createReceiverProcess(args, { ONSYNC_WEBHOOK_SECRETS: secret }),
);

function pickRandom<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}

function pickTarget(): string | null {
  const up = receivers.map((receiver) => receiver.url()).filter((url) => url !== null);
  return up.length > 0 ? pickRandom(up) : null;
}

const load = await startLoad(secret, pickTarget, Math.random);

const counts = { killed: 0, paused: 0, redisKilled: 0 };

async function harmReceiver(victim: Receiver): Promise<void> {
  await delay(Math.random() * 250);
  if (redisEngine && Math.random() < 0.4) {
    victim.pause();
    counts.paused += 1;
    // Sometimes longer than its lease: then the others take over, and it wakes to find its work gone.
    await delay(Math.random() * 1.5 * leaseSeconds * 1000);
    victim.goOn();
    return;
  }
  epoch += 1;
  await victim.kill();
  counts.killed += 1;
  await victim.start();
  epoch += 1;
}

async function runRound(number: number): Promise<void> {
  if (redis && number % redisRestartEvery === 0) {
    const writing = load.during(300);
    await delay(Math.random() * 200);
    await redis.restart("SIGKILL");
    counts.redisKilled += 1;
    await writing;
  }
  const harmed = harmReceiver(pickRandom(receivers));
  let over = false;
  const ended = harmed.finally(() => {
    over = true;
  });
  while (!over) await load.during(50);
  await ended;
  // Deliveries that met a dead receiver come again, into the next kill.
  if (number % settleEvery === 0 || number === rounds) {
    await load.settle();
    const store = await openStoreBeside();
    await replayDead(store);
    await store.close();
  }
}

async function openStoreBeside(): Promise<EventStore> {
  return redis ? openRedisStore({ url: redis.url }) : openSqliteStore({ file, claim: false });
}

/** Ids that were dead letters and were replayed. */
const replayed = new Set<string>();

async function replayDead(store: EventStore): Promise<number> {
  const dead = await store.list({ state: "dead", limit: 1000 });
  const ids = await store.replay(dead.map(({ id }) => id));
  for (const id of ids) replayed.add(id);
  return ids.length;
}

async function waitUntilDrained(): Promise<void> {
  const store = await openStoreBeside();
  try {
    for (const until = Date.now() + drainTimeoutMs; ; await delay(100)) {
      const stats = await store.stats();
      if (stats.waiting === 0 && (await replayDead(store)) === 0) return;
      if (Date.now() > until) throw new Error(`not everything was handed on: ${JSON.stringify(stats)}`);
    }
  } finally {
    await store.close();
  }
}

const started = Date.now();
let failed = true;
try {
  for (const receiver of receivers) await receiver.start();
  for (let number = 1; number <= rounds; number++) {
    await runRound(number);
    if (number % 20 === 0) console.error(`${number} rounds, ${load.sent.size} events`);
  }
  for (let left = 1; left > 0; left = await load.redeliverFailed()) await load.settle();
  await waitUntilDrained();
  const codes = await Promise.all(receivers.map((receiver) => receiver.stop()));
  const verdict = judge([...load.sent.values()], sink.seen, { oneReceiver: !redisEngine });
  const acknowledged = [...load.sent.values()].filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  const promised = {
    acknowledged: new Map(acknowledged.map(({ id, key }) => [id, key])),
    replayed,
    buried: replayed,
    isBefore: (one: string, other: string) =>
      (load.sent.get(one)?.acknowledgedAt ?? Number.POSITIVE_INFINITY) < (load.sent.get(other)?.startedAt ?? 0),
  };
  const broken = Object.entries(sink.consumers).flatMap(([name, { processed }]) =>
    findBroken(processed, promised).map((sentence) => `the consumer ${name}: ${sentence}`),
  );
  const unacknowledged = load.sent.size - verdict.acknowledged;
  console.log(
    JSON.stringify({
      engine: values.engine,
      rounds,
      ...counts,
      events: load.sent.size,
      deliveries: load.attempts.made,
      deliveriesFailed: load.attempts.failed,
      acknowledged: verdict.acknowledged,
      unacknowledged,
      handedOn: verdict.handedOn,
      repeats: verdict.repeats,
      hung: sink.hung(),
      deadAndReplayed: replayed.size,
      violations: verdict.violations.length,
      consumerViolations: broken.length,
      seconds: Math.round((Date.now() - started) / 1000),
    }),
  );
  for (const violation of [...verdict.violations, ...broken].slice(0, 20)) console.error(violation);
  if (codes.some((code) => code !== 0)) console.error(`a receiver did not end in order: ${codes}`);
  failed = verdict.violations.length + broken.length > 0 || unacknowledged > 0 || codes.some((code) => code !== 0);
} finally {
  for (const receiver of receivers) {
    receiver.goOn();
    await receiver.kill();
  }
  await load.reference.close();
  await sink.close();
  await redis?.close();
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
