import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type SendLedger } from "../../src/client/index.ts";
import { entryRetentionMs } from "../../src/client/ledger/ledger.ts";
import { rejection } from "../../testing/scripted.ts";
import { ledgerClock } from "./ledger-clock.ts";
import { describeLedger } from "./ledger-contract.ts";
import { leaseMs, messageOf, sent } from "./messages.ts";

describeLedger("memory", (clock) => createMemoryLedger({ clock }));

test("a ledger in memory says that it ends with its process", () => {
  expect(createMemoryLedger().durable).toBe(false);
});

describe("a ledger in memory that is full", () => {
  const fill = async (capacity?: number) => {
    const clock = ledgerClock();
    const ledger = createMemoryLedger({ clock, capacity });
    for (let index = 0; index < (capacity ?? 10_000); index += 1)
      await ledger.claim(messageOf(`order-${index}`), { leaseMs });
    return { ledger, clock };
  };
  const claim = (ledger: SendLedger, reference: string) => ledger.claim(messageOf(reference), { leaseMs });

  test("refuses another send where 10,000 are open, and says what to do", async () => {
    const { ledger } = await fill();
    const refusal = await rejection(claim(ledger, "order-10000"));
    expect((refusal as Error).message).toMatch(/is full: 10000 sends are open; give the client a ledger in a file/);
    expect(await ledger.list({ limit: 20_000 })).toHaveLength(10_000);
  });

  test("forgets the oldest settled send, and no open one", async () => {
    const { ledger } = await fill(10);
    for (const settled of ["order-8", "order-7"]) await ledger.record(messageOf(settled), sent);
    expect((await claim(ledger, "order-10")).granted).toBe(true);
    expect(await ledger.find(messageOf("order-7"))).toBeNull();
    expect(await ledger.find(messageOf("order-8"))).toMatchObject({ state: "sent" });
    expect(await ledger.list({ limit: 20 })).toHaveLength(10);
  });

  test("has the latest sends, and the open one that is older than they, after thousands that were settled", async () => {
    const { ledger } = await fill(3);
    for (let index = 1; index < 3_500; index += 1) {
      if (index > 2) await claim(ledger, `order-${index}`);
      await ledger.record(messageOf(`order-${index}`), sent);
    }
    const kept = await ledger.list();
    expect(kept.map(({ reference, state }) => `${reference} ${state}`)).toEqual([
      "order-3499 sent",
      "order-3498 sent",
      "order-0 claimed",
    ]);
  });

  test("forgets a send that was not made as one that was", async () => {
    const { ledger } = await fill(2);
    const { entry } = await claim(ledger, "order-1");
    await ledger.record(messageOf("order-1"), { state: "not_sent", reason: "ValidationError" }, entry.claimId);
    expect((await claim(ledger, "order-2")).granted).toBe(true);
    expect((await ledger.list()).map(({ reference }) => reference)).toEqual(["order-2", "order-0"]);
  });

  test("has room again when the time of an open one is over", async () => {
    const { ledger, clock } = await fill(2);
    clock.pass(entryRetentionMs);
    expect((await claim(ledger, "order-2")).granted).toBe(true);
    expect((await claim(ledger, "order-3")).granted).toBe(true);
    await expect(claim(ledger, "order-4")).rejects.toThrow("is full: 2 sends are open");
  });

  test("keeps so many notes and no more, and writes those anew that it has", async () => {
    const { ledger } = await fill(2);
    const note = (name: string, value: string) => ledger.setNote(name, value, { ttlMs: 60_000 });
    for (const name of ["a", "b"]) await note(name, "x");
    expect(((await rejection(note("c", "x"))) as Error).message).toMatch(/is full: it keeps 2 notes/);
    expect(await note("a", "y")).toBe(true);
    expect(await ledger.note("a")).toBe("y");
  });
});
