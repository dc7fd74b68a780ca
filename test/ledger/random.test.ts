/** Random operations of several processes, against an oracle that works everything out from what happened. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createMemoryLedger } from "../../src/client/index.ts";
import type { SendLedger, SendRecord, SendState } from "../../src/client/ledger/ledger.ts";
import { openRedisLedger, openSqliteLedger } from "../../src/ledger/index.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";
import { type RedisServer, skipped, startRedis } from "../../testing/redis-server.ts";
import { Facts } from "./facts.ts";
import { type LedgerClock, ledgerClock } from "./ledger-clock.ts";
import { leaseMs, messageOf } from "./messages.ts";

const dayMs = 24 * 60 * 60 * 1000;
const limits = [
  { limit: 2, windowMs: 60_000 },
  { limit: 4, windowMs: 600_000 },
];
const noteMs = 90_000;

const who = fc.nat({ max: 2 });
const reference = fc.constantFrom("order-1", "order-2", "order-3");
/** Whose claim is named: nobody's, the one that stands, or one of before. */
const named = fc.constantFrom("none", "current", "earlier", "other");
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("claim" as const), who, reference, named }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("record" as const),
      ...{ who, reference, named },
      state: fc.constantFrom("sent" as const, "not_sent" as const, "unknown" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("note" as const), who, ifAbsent: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("admit" as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("release" as const), who, index: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant("pass" as const),
      ms: fc.constantFrom(1, 1_000, leaseMs - 1, leaseMs, 60_000, 600_000, 15 * dayMs, 30 * dayMs - 1, 30 * dayMs),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("setWall" as const),
      ms: fc.constantFrom(-dayMs, -1_000, 3_600_000, 400 * dayMs),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("reopen" as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("list" as const),
      who,
      states: fc.subarray(["claimed", "sent", "not_sent", "unknown"] as SendState[]),
      limit: fc.nat({ max: 4 }),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer Kind> ? Kind : never;

/** @param open gives a process its handle on the one ledger; `knowsWall`: its time is the wall clock's */
async function play(
  operations: Operation[],
  open: (clock: LedgerClock) => Promise<SendLedger> | SendLedger,
  { sharesHandle = false, knowsWall = false } = {},
): Promise<void> {
  const clock = ledgerClock();
  const facts = new Facts(leaseMs);
  const first = await open(clock);
  const handles = sharesHandle ? [first, first, first] : [first, await open(clock), await open(clock)];
  const claims = new Map<string, string[]>();
  const tickets: string[] = [];
  const claimNamed = (of: string, which: string): string | undefined => {
    const made = claims.get(of) ?? [];
    return { none: undefined, current: made.at(-1), earlier: made.at(-2), other: "claim_other" }[which];
  };

  for (const [step, each] of operations.entries()) {
    const now = clock.monotonic();
    const handle = handles["who" in each ? each.who : 0] as SendLedger;
    switch (each.what) {
      case "claim": {
        const replaces = claimNamed(each.reference, each.named);
        const granted = facts.mayClaim(each.reference, replaces, now);
        const options = replaces === undefined ? { leaseMs } : { leaseMs, replaces };
        const result = await handle.claim(messageOf(each.reference), options);
        expect(result.granted).toBe(granted);
        if (!granted) break;
        expect([...claims.values()].flat()).not.toContain(result.entry.claimId);
        claims.set(each.reference, [...(claims.get(each.reference) ?? []), result.entry.claimId]);
        facts.claimed(each.reference, result.entry.claimId, now);
        break;
      }
      case "record": {
        const claimId = claimNamed(each.reference, each.named);
        const detail = `step ${step}`;
        const outcome: SendRecord =
          each.state === "sent"
            ? { state: "sent", messageId: detail, conversationId: null, sentAt: null }
            : { state: each.state, reason: detail };
        await handle.record(messageOf(each.reference), outcome, claimId);
        facts.ended(each.reference, each.state, detail, claimId, now);
        break;
      }
      case "note": {
        const expected = !each.ifAbsent || facts.note("a", now) === null;
        const value = `step ${step}`;
        expect(await handle.setNote("a", value, { ttlMs: noteMs, ifAbsent: each.ifAbsent })).toBe(expected);
        if (expected) facts.noted("a", value, now + noteMs, now);
        break;
      }
      case "admit": {
        const [usedUp] = limits
          .map((each) => ({ ...each, waitMs: facts.waitMs(each.limit, each.windowMs, now) }))
          .filter(({ waitMs }) => waitMs > 0)
          .sort((one, other) => other.waitMs - one.waitMs);
        const admission = await handle.admit("sends", limits);
        if (admission.admitted) {
          tickets.push(admission.ticket);
          facts.admitted(admission.ticket, now);
        }
        expect(admission).toMatchObject(usedUp ? { admitted: false, ...usedUp } : { admitted: true });
        break;
      }
      case "release": {
        const ticket = tickets[each.index % Math.max(1, tickets.length)] ?? "ticket_other";
        await handle.release("sends", ticket);
        facts.released(ticket);
        break;
      }
      case "pass":
        clock.pass(each.ms);
        break;
      case "setWall":
        if (!knowsWall) clock.setWall(each.ms);
        break;
      case "reopen":
        if (sharesHandle) break;
        await handle.close();
        handles[each.who] = await open(clock);
        break;
      case "list": {
        const { states, limit } = each;
        const listed = await handle.list({ states, limit });
        expect(listed.map((entry) => entry.reference)).toEqual(facts.list(states, limit, now));
        break;
      }
    }
    const at = clock.monotonic();
    for (const wanted of ["order-1", "order-2", "order-3"]) {
      const entry = await (handles[step % 3] as SendLedger).find(messageOf(wanted));
      const expected = facts.read(wanted, at);
      if (expected === null) expect(entry).toBeNull();
      else {
        const { detail, ...rest } = expected;
        expect(entry).toMatchObject(rest);
        if (detail !== null) expect(entry?.state === "sent" ? entry.messageId : entry?.reason).toBe(detail);
      }
    }
    expect(await (handles[step % 3] as SendLedger).note("a")).toBe(facts.note("a", at));
  }
  await Promise.all([...new Set(handles)].map((handle) => handle.close()));
}

const programs = fc.array(operation, { minLength: 5, maxLength: 40 });

describe("random operations of three processes, with the wall clock set as they go", () => {
  let folder: string;
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "onsync-ledger-random-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("come out as the oracle has it: one SQLite file", async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (operations) => {
        const file = join(folder, `${++files}.db`);
        await play(operations, (clock) => openSqliteLedger({ file, clock, uptime: clock.uptime }));
      }),
      { numRuns: chooseRuns(60) },
    );
  });

  test("come out as the oracle has it: memory", async () => {
    await fc.assert(
      fc.asyncProperty(programs, (operations) =>
        play(operations, (clock) => createMemoryLedger({ clock }), { sharesHandle: true }),
      ),
      { numRuns: chooseRuns(200) },
    );
  });
});

(skipped ? describe.skip : describe)(skipped ?? "random operations of three processes on a real Redis", () => {
  let redis: RedisServer;
  let ledgers = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  test("come out as the oracle has it", async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (operations) => {
        const prefix = `random${++ledgers}`;
        await play(operations, (clock) => openRedisLedger({ url: redis.url, prefix, clock }), { knowsWall: true });
      }),
      { numRuns: chooseRuns(25) },
    );
  });
});
