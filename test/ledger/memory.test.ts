import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger } from "../../src/client/index.ts";
import { rejection } from "../../testing/scripted.ts";
import { ledgerClock } from "./ledger-clock.ts";
import { describeLedger } from "./ledger-contract.ts";
import { leaseMs, messageOf, sent } from "./messages.ts";

describeLedger("memory", (clock) => createMemoryLedger({ clock }));

describe("a ledger in memory that is full", () => {
  const full = async () => {
    const ledger = createMemoryLedger({ clock: ledgerClock() });
    for (let index = 0; index < 10_000; index += 1) await ledger.claim(messageOf(`order-${index}`), { leaseMs });
    return ledger;
  };

  test("refuses another send where 10,000 are open, and says what to do", async () => {
    const ledger = await full();
    const refusal = await rejection(ledger.claim(messageOf("order-10000"), { leaseMs }));
    expect((refusal as Error).message).toMatch(/is full: 10000 sends are open; give the client a ledger in a file/);
    expect(await ledger.list({ limit: 20_000 })).toHaveLength(10_000);
  });

  test("forgets the oldest settled send, and no open one", async () => {
    const ledger = await full();
    for (const settled of ["order-8000", "order-7000"]) await ledger.record(messageOf(settled), sent);
    expect((await ledger.claim(messageOf("order-10000"), { leaseMs })).granted).toBe(true);
    expect(await ledger.find(messageOf("order-7000"))).toBeNull();
    expect(await ledger.find(messageOf("order-8000"))).toMatchObject({ state: "sent" });
    expect(await ledger.list({ limit: 20_000 })).toHaveLength(10_000);
  });

  test("keeps 10,000 notes at most", async () => {
    const ledger = createMemoryLedger({ clock: ledgerClock() });
    for (let index = 0; index < 10_000; index += 1) await ledger.setNote(`${index}`, "x", { ttlMs: 60_000 });
    const refusal = await rejection(ledger.setNote("10000", "x", { ttlMs: 60_000 }));
    expect((refusal as Error).message).toMatch(/is full: it keeps 10000 notes/);
  });
});
