/** What every engine of the send ledger promises, as tests. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  entryRetentionMs,
  type LedgerEntry,
  type SendLedger,
  type SendRecord,
} from "../../src/client/ledger/ledger.ts";
import { type LedgerClock, ledgerClock } from "./ledger-clock.ts";
import { leaseMs, messageOf, sent } from "./messages.ts";
import { describeSharedFacts } from "./shared-facts-contract.ts";

const notSent: SendRecord = { state: "not_sent", reason: "ValidationError", requestId: "req_2" };
const unknown: SendRecord = { state: "unknown", reason: "its answer was lost: TimeoutError" };

/** @param open a ledger with nothing in it, on the clock */
export function describeLedger(engine: string, open: (clock: LedgerClock) => SendLedger | Promise<SendLedger>): void {
  describe(`a send ledger: ${engine}`, () => {
    let clock: LedgerClock;
    let ledger: SendLedger;
    beforeEach(async () => {
      clock = ledgerClock();
      ledger = await open(clock);
    });
    afterEach(() => ledger.close());

    const claim = async (message = messageOf("order-1"), replaces?: string): Promise<LedgerEntry> => {
      const result = await ledger.claim(message, replaces === undefined ? { leaseMs } : { leaseMs, replaces });
      expect(result.granted).toBe(true);
      return result.entry;
    };
    const refusedBy = async (message = messageOf("order-1"), replaces?: string): Promise<LedgerEntry> => {
      const result = await ledger.claim(message, replaces === undefined ? { leaseMs } : { leaseMs, replaces });
      expect(result.granted).toBe(false);
      return result.entry;
    };

    test("a claim holds the message's fingerprint, and nothing of its text or its end", async () => {
      const at = new Date(clock.now()).toISOString();
      const entry = await claim();
      expect(entry).toEqual({
        ...messageOf("order-1"),
        id: expect.stringMatching(/^send_\w+$/),
        claimId: expect.stringMatching(/^claim_\w+$/),
        state: "claimed",
        ...{ conversationId: null, messageId: null, sentAt: null, reason: null, requestId: null },
        ...{ claimedAt: at, updatedAt: at, leaseMs, ageMs: 0 },
      });
      expect(await ledger.find(messageOf("order-1"))).toEqual(entry);
      expect(await ledger.get(entry.id)).toEqual(entry);
    });

    test("an id finds its entry among others, and one that nobody has finds none", async () => {
      const entries = [await claim(messageOf("order-1")), await claim(messageOf("order-2"))];
      for (const entry of entries) expect(await ledger.get(entry.id)).toEqual(entry);
      expect(await ledger.get("send_none")).toBeNull();
    });

    test("what was not claimed is not there", async () => {
      expect(await ledger.find(messageOf("order-1"))).toBeNull();
      expect(await ledger.get("send_none")).toBeNull();
      expect(await ledger.record(messageOf("order-1"), sent)).toBeNull();
      expect(await ledger.list()).toEqual([]);
    });

    test("a reference means something within its scope alone, whatever characters both have", async () => {
      const keys = [
        { scope: "a", reference: "b:c" },
        { scope: "a:b", reference: "c" },
        { scope: 'a"', reference: ',"b' },
        { scope: 'a","', reference: "b" },
        { scope: "a", reference: " b:c" },
        { scope: "a", reference: "B:C" },
        { scope: "a", reference: "b:c\u0000d" },
        { scope: "a", reference: "b:c\u0000" },
        { scope: "a", reference: "é" },
        { scope: "a", reference: "e\u0301" },
        { scope: "a", reference: "👋}{*?[x]" },
        { scope: "a", reference: "__proto__" },
      ];
      for (const key of keys) await claim(messageOf("", key));
      for (const key of keys) expect(await ledger.find(key)).toMatchObject(key);
      expect(await ledger.list()).toHaveLength(keys.length);
    });

    test("of many who claim at once one is granted, and the others see who has it", async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          ledger.claim(messageOf("order-1", { fingerprint: `${index}` }), { leaseMs }),
        ),
      );
      const granted = results.filter((result) => result.granted);
      expect(granted).toHaveLength(1);
      for (const { entry } of results) expect(entry).toEqual(granted[0]?.entry);
    });

    test("sent is recorded from anybody, and is final", async () => {
      const { id, claimId } = await claim();
      clock.pass(1000);
      const entry = await ledger.record(messageOf("order-1"), sent);
      expect(entry).toMatchObject({ ...sent, id, claimId, reason: null, ageMs: 1000 });
      expect(entry?.updatedAt).toBe(new Date(clock.now()).toISOString());
      clock.pass(1000);
      for (const late of [notSent, unknown, { ...sent, messageId: "msg_2" }] as SendRecord[]) {
        expect(await ledger.record(messageOf("order-1"), late, claimId)).toEqual({ ...entry, ageMs: 2000 });
      }
      expect(await refusedBy()).toMatchObject({ state: "sent", messageId: "msg_1" });
      await refusedBy(messageOf("order-1"), claimId);
      clock.pass(leaseMs);
      expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "sent" });
    });

    test("a sent message may lack what nobody named", async () => {
      await claim();
      const bare: SendRecord = { state: "sent", messageId: "msg_1", conversationId: null, sentAt: null };
      expect(await ledger.record(messageOf("order-1"), bare)).toMatchObject({ ...bare, requestId: null });
    });

    test.each([notSent, unknown])(
      "$state is recorded by the one whose claim it is, and by nobody else",
      async (outcome) => {
        const { claimId } = await claim();
        for (const other of [undefined, "", "claim_other"])
          expect(await ledger.record(messageOf("order-1"), outcome, other)).toMatchObject({
            state: "claimed",
            reason: null,
          });
        expect(await ledger.record(messageOf("order-1"), outcome, claimId)).toMatchObject({
          requestId: null,
          ...outcome,
        });
      },
    );

    test("sent is noted whoever says it, over what the claim's owner said", async () => {
      const { claimId } = await claim();
      await ledger.record(messageOf("order-1"), notSent, claimId);
      expect(await ledger.record(messageOf("order-1"), sent)).toMatchObject({ ...sent, reason: null });
    });

    test("what was not sent is free, and whoever had it before has no say in the new claim", async () => {
      const first = await claim();
      await ledger.record(messageOf("order-1"), notSent, first.claimId);
      const second = await claim(messageOf("order-1", { fingerprint: "another", to: "sara", platform: "telegram" }));
      expect(second).toMatchObject({ id: first.id, state: "claimed", reason: null, requestId: null, to: "sara" });
      expect(second.claimId).not.toBe(first.claimId);
      expect(await ledger.record(messageOf("order-1"), notSent, first.claimId)).toMatchObject({ state: "claimed" });
      await refusedBy();
    });

    test("an unknown send is claimed again by naming its claim, once", async () => {
      const first = await claim();
      await refusedBy(messageOf("order-1"), first.claimId);
      await ledger.record(messageOf("order-1"), unknown, first.claimId);
      expect(await refusedBy()).toMatchObject({ state: "unknown", reason: "its answer was lost: TimeoutError" });
      await refusedBy(messageOf("order-1"), "claim_other");
      const second = await claim(messageOf("order-1"), first.claimId);
      expect(second).toMatchObject({ id: first.id, state: "claimed", reason: null });
      await refusedBy(messageOf("order-1"), first.claimId);
    });

    test("a claim whose lease is over reads unknown, with a reason, and its owner may still say how it ended", async () => {
      const first = await claim();
      clock.pass(leaseMs - 1);
      expect(await ledger.find(messageOf("order-1"))).toMatchObject({
        state: "claimed",
        reason: null,
        ageMs: leaseMs - 1,
      });
      clock.pass(1);
      const open = { state: "unknown", reason: "whoever was sending it ended without saying how it went" };
      expect(await ledger.find(messageOf("order-1"))).toMatchObject({ ...open, ageMs: leaseMs });
      expect(await ledger.get(first.id)).toMatchObject(open);
      expect(await refusedBy()).toMatchObject(open);
      expect(await ledger.list({ states: ["claimed"] })).toEqual([]);
      expect(await ledger.list({ states: ["unknown"] })).toMatchObject([open]);
      expect(await ledger.record(messageOf("order-1"), notSent, first.claimId)).toMatchObject(notSent);
    });

    test("an abandoned claim is taken over by naming it, and a new lease begins", async () => {
      const first = await claim();
      clock.pass(leaseMs);
      expect(await claim(messageOf("order-1"), first.claimId)).toMatchObject({ state: "claimed", ageMs: 0 });
      clock.pass(leaseMs - 1);
      expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed" });
    });

    test("the list has the latest claims first: those of the states that are asked for, 100 unless told", async () => {
      const entries: LedgerEntry[] = [];
      for (let index = 0; index < 105; index += 1) entries.push(await claim(messageOf(`order-${index}`)));
      await ledger.record(messageOf("order-0"), notSent, entries[0]?.claimId);
      await ledger.record(messageOf("order-1"), sent);
      await ledger.record(messageOf("order-2"), unknown, entries[2]?.claimId);
      await claim(messageOf("order-0"));
      const references = async (query?: Parameters<SendLedger["list"]>[0]) =>
        (await ledger.list(query)).map(({ reference }) => reference);
      expect(await references()).toHaveLength(100);
      expect(await references({ limit: 3 })).toEqual(["order-0", "order-104", "order-103"]);
      expect(await references({ limit: 0 })).toEqual([]);
      expect(await references({ states: ["sent", "unknown"] })).toEqual(["order-2", "order-1"]);
      expect(await references({ states: ["unknown"] })).toEqual(["order-2"]);
      expect(await references({ states: ["not_sent"] })).toEqual([]);
      expect(await references({ states: ["claimed", "unknown"], limit: 1000 })).toHaveLength(104);
    });

    test.each(["claimed", "sent", "not_sent", "unknown"])(
      "an entry that is %s is forgotten 30 days after its last change",
      async (state) => {
        const first = await claim();
        clock.pass(10_000);
        const outcome = [sent, notSent, unknown].find((each) => each.state === state);
        if (outcome) await ledger.record(messageOf("order-1"), outcome, first.claimId);
        clock.pass(entryRetentionMs - 1 - (outcome ? 0 : 10_000));
        expect(await ledger.find(messageOf("order-1"))).not.toBeNull();
        expect(await ledger.list()).toHaveLength(1);
        clock.pass(1);
        expect(await ledger.find(messageOf("order-1"))).toBeNull();
        expect(await ledger.get(first.id)).toBeNull();
        expect(await ledger.list()).toEqual([]);
        expect(await ledger.record(messageOf("order-1"), sent)).toBeNull();
        expect((await claim()).id).not.toBe(first.id);
      },
    );
  });
  describeSharedFacts(engine, open);
}
