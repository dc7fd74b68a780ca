/** What every engine of the send ledger promises of notes and of limits, as tests. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { type LedgerClock, ledgerClock } from "./ledger-clock.ts";

/** @param open a ledger with nothing in it, on the clock */
export function describeSharedFacts(
  engine: string,
  open: (clock: LedgerClock) => SendLedger | Promise<SendLedger>,
): void {
  describe(`notes and limits of a send ledger: ${engine}`, () => {
    let clock: LedgerClock;
    let ledger: SendLedger;
    beforeEach(async () => {
      clock = ledgerClock();
      ledger = await open(clock);
    });
    afterEach(() => ledger.close());

    test("a note is there until its time is over, and again when it is written anew", async () => {
      expect(await ledger.note("a")).toBeNull();
      expect(await ledger.setNote("a", "one", { ttlMs: 60_000 })).toBe(true);
      expect(await ledger.setNote("a", "two", { ttlMs: 120_000 })).toBe(true);
      clock.pass(119_999);
      expect(await ledger.note("a")).toBe("two");
      clock.pass(1);
      expect(await ledger.note("a")).toBeNull();
      expect(await ledger.note("A")).toBeNull();
      await ledger.setNote("a", "", { ttlMs: 60_000 });
      expect(await ledger.note("a")).toBe("");
    });

    test("a note that is used once is used once, by however many at once, and is free when its time is over", async () => {
      const use = (value: string) => ledger.setNote("token", value, { ttlMs: 60_000, ifAbsent: true });
      const uses = await Promise.all(["one", "two", "three"].map(use));
      expect(uses.filter(Boolean)).toHaveLength(1);
      const first = await ledger.note("token");
      clock.pass(59_999);
      expect(await use("four")).toBe(false);
      expect(await ledger.note("token")).toBe(first);
      clock.pass(1);
      expect(await use("five")).toBe(true);
      expect(await ledger.note("token")).toBe("five");
    });

    test("notes of a list are found by it, the latest first, while their time lasts", async () => {
      const put = (name: string, ttlMs: number) =>
        ledger.setNote(name, `of ${name}`, { ttlMs, ifAbsent: true, list: "x" });
      for (const name of ["a", "b", "c"]) {
        await put(name, name === "b" ? 60_000 : 120_000);
        clock.pass(1);
      }
      await ledger.setNote("d", "of d", { ttlMs: 120_000 });
      await ledger.setNote("e", "of e", { ttlMs: 120_000, list: "y" });
      expect(await put("a", 1)).toBe(false);
      expect(await ledger.listNotes("x")).toEqual(["of c", "of b", "of a"]);
      expect(await ledger.listNotes("x", 2)).toEqual(["of c", "of b"]);
      expect(await ledger.listNotes("none")).toEqual([]);
      clock.pass(60_000);
      expect(await ledger.listNotes("x")).toEqual(["of c", "of a"]);
      expect(await put("b", 120_000)).toBe(true);
      expect(await ledger.listNotes("x")).toEqual(["of b", "of c", "of a"]);
    });

    test("a limit admits so many in a rolling window, by however many at once, and says how long until the next", async () => {
      const limits = [{ limit: 2, windowMs: 60_000 }];
      const admit = () => ledger.admit("sends", limits);
      expect((await Promise.all([admit(), admit(), admit()])).filter(({ admitted }) => admitted)).toHaveLength(2);
      clock.pass(20_000);
      expect(await admit()).toEqual({ admitted: false, ...limits[0], waitMs: 40_000 });
      clock.pass(39_999);
      expect(await admit()).toMatchObject({ admitted: false, waitMs: 1 });
      clock.pass(1);
      expect(await admit()).toMatchObject({ admitted: true });
    });

    test("of several limits all admit it or none counts it, and the one that is used up is named", async () => {
      const limits = [
        { limit: 2, windowMs: 60_000 },
        { limit: 3, windowMs: 600_000 },
      ];
      const admit = () => ledger.admit("sends", limits);
      await admit();
      clock.pass(10_000);
      await admit();
      expect(await admit()).toEqual({ admitted: false, ...limits[0], waitMs: 50_000 });
      clock.pass(50_000);
      expect(await admit()).toMatchObject({ admitted: true });
      clock.pass(60_000);
      expect(await admit()).toEqual({ admitted: false, ...limits[1], waitMs: 480_000 });
      expect(await ledger.admit("others", limits)).toMatchObject({ admitted: true });
    });

    test("whoever counts in short windows forgets nothing that another counts for a day", async () => {
      const daily = [{ limit: 2, windowMs: 86_400_000 }];
      await ledger.admit("sends", daily);
      clock.pass(60_000);
      expect(await ledger.admit("sends", [{ limit: 5, windowMs: 60_000 }])).toMatchObject({ admitted: true });
      clock.pass(60_000);
      await ledger.admit("sends", [{ limit: 0, windowMs: 60_000 }]);
      expect(await ledger.admit("sends", daily)).toEqual({ admitted: false, ...daily[0], waitMs: 86_280_000 });
    });

    test("where several limits are used up, the one with the longest wait is named", async () => {
      const [long, short] = [
        { limit: 1, windowMs: 600_000 },
        { limit: 2, windowMs: 60_000 },
      ];
      await ledger.admit("sends", [long]);
      clock.pass(10_000);
      await ledger.admit("sends", [short]);
      for (const limits of [
        [short, long],
        [long, short],
      ]) {
        const refusal = await ledger.admit("sends", limits);
        expect(refusal).toMatchObject({ admitted: false, ...long });
      }
    });

    test("what was released does not count, and releasing another's or twice changes nothing", async () => {
      const limits = [{ limit: 1, windowMs: 60_000 }];
      const one = await ledger.admit("sends", limits);
      if (!one.admitted) throw new Error("nothing was counted before");
      await ledger.release("others", one.ticket);
      await ledger.release("sends", "ticket_other");
      expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: false });
      await ledger.release("sends", one.ticket);
      expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: true });
      await ledger.release("sends", one.ticket);
      expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: false });
    });

    test("a limit of nothing admits nothing, and no limit admits all", async () => {
      const none = [{ limit: 0, windowMs: 60_000 }];
      expect(await ledger.admit("sends", none)).toEqual({ admitted: false, ...none[0], waitMs: 60_000 });
      expect(await ledger.admit("sends", [])).toMatchObject({ admitted: true });
    });
  });
}
