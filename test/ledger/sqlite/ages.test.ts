/** The age of an entry in a file, whatever the clocks do. */
import { describe, expect, test } from "@jest/globals";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { createStamps } from "../../../src/ledger/sqlite/stamps.ts";
import { ledgerClock } from "../ledger-clock.ts";
import { leaseMs, messageOf } from "../messages.ts";
import { createLedgerFiles } from "./ledger-files.ts";

const hourMs = 60 * 60 * 1000;
const newFile = createLedgerFiles();

describe("the age of an entry in a file", () => {
  const opened = () => {
    const clock = ledgerClock();
    return { clock, ledger: openSqliteLedger({ file: newFile(), clock, uptime: clock.uptime }) };
  };
  const ageOf = async ({ ledger }: ReturnType<typeof opened>) => (await ledger.find(messageOf("order-1")))?.ageMs;

  test.each([
    ["forward an hour", hourMs],
    ["back an hour", -hourMs],
    ["forward ten years", 10 * 365 * 24 * hourMs],
    ["back to 1970", -Date.parse("2024-11-30T00:00:00.000Z")],
  ])("a wall clock set %s changes no age, no lease and no time to live", async (_name, ms) => {
    const { clock, ledger } = opened();
    await ledger.claim(messageOf("order-1"), { leaseMs });
    await ledger.setNote("token", "used", { ttlMs: 60_000 });
    const limits = [{ limit: 1, windowMs: 60_000 }];
    await ledger.admit("sends", limits);
    clock.pass(10_000);
    clock.setWall(ms);
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed", ageMs: 10_000 });
    expect(await ledger.setNote("token", "again", { ttlMs: 60_000, ifAbsent: true })).toBe(false);
    expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: false, waitMs: 50_000 });
    // The first of a run of claims deletes what is old.
    for (let index = 0; index < 200; index += 1) await ledger.claim(messageOf(`more-${index}`), { leaseMs });
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed" });
    clock.pass(leaseMs - 10_000);
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "unknown", ageMs: leaseMs });
    clock.pass(15_000);
    expect(await ledger.note("token")).toBeNull();
    expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: true });
    await ledger.close();
  });

  test("is told by the wall clock after the machine has started anew", async () => {
    const file = opened();
    await file.ledger.claim(messageOf("order-1"), { leaseMs });
    file.clock.pass(5_000);
    file.clock.restartMachine(30_000);
    expect(await ageOf(file)).toBe(35_000);
    file.clock.setWall(-hourMs);
    expect(await ageOf(file)).toBe(0);
    await file.ledger.close();
  });

  test("is the time since the machine started at least, though the wall clock was set back meanwhile", async () => {
    const file = opened();
    await file.ledger.claim(messageOf("order-1"), { leaseMs });
    await file.ledger.setNote("token", "used", { ttlMs: 60_000 });
    file.clock.restartMachine(30_000);
    file.clock.setWall(-hourMs);
    file.clock.pass(leaseMs);
    expect(await file.ledger.find(messageOf("order-1"))).toMatchObject({ state: "unknown", ageMs: leaseMs });
    file.clock.pass(15_000);
    expect(await file.ledger.note("token")).toBeNull();
    await file.ledger.close();
  });

  test("is not told by the time since the machine started where that was another start, however long ago", () => {
    const { getAgeMs, now } = createStamps();
    const before = { at: 1_000_000, uptime: 5_000, boot: "one" };
    expect(getAgeMs(before, { at: 1_060_000, uptime: 20_000, boot: "two" })).toBe(60_000);
    expect(getAgeMs(before, { at: 1_060_000, uptime: 20_000, boot: "one" })).toBe(15_000);
    if (process.platform === "linux") expect(now().boot).toMatch(/^[\da-f-]{36}$/);
  });
});
