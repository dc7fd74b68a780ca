/**
 * Live traffic that keeps to its part of the hour, beside imports on one ledger, on servers that count the hour in three ways: it
 * is never refused. Bursts come where it hurts most: at the borders of the hour, and when an import's requests leave it.
 */
import { expect, test } from "@jest/globals";
import { createMemoryLedger, createOnSync, fetchTransport, isErrorNamed } from "../../../src/client/index.ts";
import { createPacedCalls } from "../../../src/data/budget/paced-calls.ts";
import { createBudget } from "../../../src/data/index.ts";
import { createRandom } from "../../../testing/hostile/random.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

const hourMs = 3_600_000;
const limit = 100;
const liveShare = 40;
const seeds = chooseRuns(12);

type Window = "fixed" | "sliding" | "bucket";

/** Counts requests as such a server does; written down here from what the words mean. */
class Counter {
  readonly #kind: Window;
  #times: number[] = [];
  #level = limit;
  #filledAt: number;

  constructor(kind: Window, now: number) {
    this.#kind = kind;
    this.#filledAt = now;
  }

  #left(now: number): number {
    if (this.#kind === "bucket") {
      this.#level = Math.min(limit, this.#level + ((now - this.#filledAt) * limit) / hourMs);
      this.#filledAt = now;
      return Math.floor(this.#level);
    }
    const since = this.#kind === "fixed" ? Math.floor(now / hourMs) * hourMs : now - hourMs + 1;
    return limit - this.#times.filter((time) => time >= since).length;
  }

  /** @returns what is left after it; `null`: it is refused */
  take(now: number): number | null {
    const left = this.#left(now);
    if (left < 1) return null;
    if (this.#kind === "bucket") this.#level -= 1;
    else this.#times.push(now);
    return left - 1;
  }
}

/** Bursts of live traffic, 40 in any hour at most. */
function drawLiveTraffic(random: () => number, started: number): number[] {
  const times: number[] = [];
  const border = Math.ceil(started / hourMs) * hourMs;
  const edges = [0, 1, 2, 3, 4].flatMap((hour) => [border + hour * hourMs, started + hour * hourMs]);
  for (let tries = 0; tries < 60; tries++) {
    const edge = edges[Math.floor(random() * edges.length)] ?? started;
    const at = random() < 0.8 ? edge + Math.round((random() - 0.5) * 4_000) : started + random() * 5 * hourMs;
    const count = random() < 0.5 ? liveShare : Math.ceil(random() * 10);
    const wanted = Array.from({ length: count }, () => Math.max(started, Math.round(at)));
    const all = [...times, ...wanted].sort((a, b) => a - b);
    const fits = all.every((time, index) => (all[index + liveShare] ?? Number.POSITIVE_INFINITY) - time > hourMs);
    if (fits) times.splice(0, times.length, ...all);
  }
  return times;
}

type Told = { refusedLive: number[]; refusedImports: number; done: number };

async function runBeside(kind: Window, seed: number, importers: number): Promise<Told> {
  const random = createRandom(seed).next;
  const clock = new VirtualClock(Date.parse("2026-01-01T10:00:00Z") + Math.round(random() * hourMs));
  const started = clock.now();
  const counter = new Counter(kind, started);
  const told: Told = { refusedLive: [], refusedImports: 0, done: 0 };
  const transport = fetchTransport(async () => {
    // Some time passes on the way to the server, which counts what arrives.
    await clock.sleep(random() < 0.1 ? random() * 20_000 : random() * 300);
    const left = counter.take(clock.now());
    await clock.sleep(random() * 200);
    const said = { requestId: "req_1", timestamp: new Date(clock.now()).toISOString() };
    const headers = { ratelimit: `"org";r=${left ?? 0};t=60`, "ratelimit-policy": `"org";q=${limit};w=3600` };
    if (left !== null) return Response.json({ orgId: "org_1", name: "acme", ...said }, { headers });
    told.refusedImports += 1;
    const error = { code: "rate_limited", message: "wait", details: [] };
    return Response.json({ error, ...said }, { status: 429, headers: { ...headers, "retry-after": "60" } });
  });
  const ledger = createMemoryLedger({ clock });
  // A plan before this one was told of the org's limit.
  await ledger.setNote("hourly limit http://127.0.0.1/v1", String(limit), { ttlMs: 24 * hourMs });
  const stopping = new AbortController();
  const importer = async () => {
    const onsync = createOnSync({
      apiKey: "onsync_pk_test_ci",
      baseUrl: "http://127.0.0.1/v1",
      transport,
      clock,
      maxAttempts: 1,
    });
    const budget = createBudget({ ledger, scope: onsync.baseUrl, share: 0.6, clock });
    const { call } = createPacedCalls({ onsync, budget, clock, random, signal: stopping.signal });
    const one = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await call((each) => each.account.get()).then(
          () => (told.done += 1),
          (error) => {
            if (!stopping.signal.aborted && !isErrorNamed(error, "RateLimitError")) throw error;
          },
        );
      }
    };
    await Promise.all([one(), one(), one(), one()]);
  };
  const live = async () => {
    for (const at of drawLiveTraffic(random, started)) {
      await clock.sleep(Math.max(0, at - clock.now()));
      if (counter.take(clock.now()) === null) told.refusedLive.push(clock.now() - started);
    }
    await clock.sleep(Math.max(0, started + 5 * hourMs - clock.now()));
    stopping.abort(new Error("the test is over"));
  };
  await Promise.all([live(), ...Array.from({ length: importers }, importer)]);
  return told;
}

const cases = (["fixed", "sliding", "bucket"] as const).flatMap((kind) =>
  [1, 2].map((importers) => [kind, importers] as const),
);

test.each(cases)(
  "on a server with a %s window, beside %i at 60 %%, live traffic within its share is never refused",
  async (kind, importers) => {
    let done = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const told = await runBeside(kind, seed, importers);
      expect({ seed, refused: told.refusedLive }).toEqual({ seed, refused: [] });
      done += told.done;
    }
    // It is not kept by doing nothing: of 60 an hour, five hours long, this share. Where what was used is given back at once,
    // and not bit by bit, the part that live traffic has used already is left free for it a second time.
    expect(done / (60 * 5 * seeds)).toBeGreaterThan(kind === "sliding" ? 0.6 : 0.95);
  },
  60_000,
);
