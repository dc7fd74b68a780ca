/** The send ledger on Zapier's cache: what it grants, to whom, and what it says where it cannot. */
import { expect, test } from "@jest/globals";
import type { ZObject } from "zapier-platform-core";
import type { LedgerMessage } from "../../../src/client/index.ts";
import { createScopedCache } from "../../../zapier/connection/cache.ts";
import { clockMarginMs } from "../../../zapier/send/cache-entries.ts";
import { createCacheLedger } from "../../../zapier/send/cache-ledger.ts";
import { PlatformCache } from "../platform-cache.ts";

const message: LedgerMessage = {
  scope: "org_1",
  reference: "order-1",
  fingerprint: "f".repeat(64),
  platform: "telegram",
  to: "sara",
  messageType: "text",
};
const leaseMs = 30_000;
const sent = { state: "sent", messageId: "msg_1", conversationId: "telegram:sara", sentAt: null } as const;

/** Two of Zapier's machines, each with a clock of its own. */
function openTwo() {
  const clocks = [0, 0].map(() => ({ now: Date.parse("2024-12-01T10:00:00Z") }));
  const platform = new PlatformCache(() => clocks[0]?.now ?? 0);
  const [one, other] = clocks.map((clock) =>
    createCacheLedger(createScopedCache(platform as unknown as ZObject, null), () => clock.now),
  );
  if (!one || !other) throw new Error("there are two");
  const pass = (ms: number) => {
    for (const clock of clocks) clock.now += ms;
  };
  return { platform, clocks, pass, one, other };
}

test("of claims at once one is granted, and the others are told who has it", async () => {
  const { one, other } = openTwo();
  const claims = await Promise.all([one, other, one, other].map((ledger) => ledger.claim(message, { leaseMs })));
  const granted = claims.filter((claim) => claim.granted);
  expect(granted).toHaveLength(1);
  for (const { entry } of claims) expect(entry.claimId).toBe(granted[0]?.entry.claimId);
});

test("a reference that was certainly not sent is free for one, whose entry keeps its id", async () => {
  const { one, other } = openTwo();
  const first = await one.claim(message, { leaseMs });
  await one.record(message, { state: "not_sent", reason: "refused" }, first.entry.claimId);
  const claims = await Promise.all([one, other].map((ledger) => ledger.claim(message, { leaseMs })));
  expect(claims.filter(({ granted }) => granted)).toHaveLength(1);
  for (const { entry } of claims) expect(entry).toMatchObject({ state: "claimed", id: first.entry.id });
});

test("an open entry is replaced by one alone, and only by who names it", async () => {
  const { one, other, pass } = openTwo();
  const first = await one.claim(message, { leaseMs });
  pass(leaseMs + clockMarginMs);
  expect(await other.claim(message, { leaseMs })).toMatchObject({ granted: false, entry: { state: "unknown" } });
  const replaces = first.entry.claimId;
  const claims = await Promise.all([one, other].map((ledger) => ledger.claim(message, { leaseMs, replaces })));
  expect(claims.filter(({ granted }) => granted)).toHaveLength(1);
});

test("a claim holds through its lease though the other machine's clock is ten seconds fast", async () => {
  const { one, other, clocks, pass } = openTwo();
  const [, fast] = clocks;
  if (fast) fast.now += clockMarginMs;
  await one.claim(message, { leaseMs });
  pass(leaseMs - 1);
  expect(await other.find(message)).toMatchObject({ state: "claimed" });
  pass(1);
  expect(await other.find(message)).toMatchObject({ state: "unknown" });
});

test("what a claim came to counts with the claim's id alone; that it was sent counts from anybody, for good", async () => {
  const { one, other, pass } = openTwo();
  const { entry } = await one.claim(message, { leaseMs });
  expect(await other.record(message, { state: "not_sent", reason: "?" }, "claim_other")).toMatchObject({
    state: "claimed",
  });
  expect(await other.record(message, sent)).toMatchObject({ state: "sent", messageId: "msg_1" });
  pass(leaseMs + clockMarginMs);
  expect(await one.record(message, { state: "unknown", reason: "?" }, entry.claimId)).toMatchObject({ state: "sent" });
  expect(await other.claim(message, { leaseMs })).toMatchObject({ granted: false, entry: { state: "sent" } });
});

test("whoever stood still past its lease changes nothing of the claim that replaced its own", async () => {
  const { one, other, pass } = openTwo();
  const first = await one.claim(message, { leaseMs });
  pass(leaseMs + clockMarginMs);
  const second = await other.claim(message, { leaseMs, replaces: first.entry.claimId });
  const now = await one.record(message, { state: "not_sent", reason: "aborted" }, first.entry.claimId);
  expect(now).toMatchObject({ state: "claimed", claimId: second.entry.claimId });
});

test("a platform that asks twice on the way does not lock a claim out of its own entry", async () => {
  const { one, other, platform } = openTwo();
  const { set } = platform.cache;
  platform.cache.set = async (...args: Parameters<typeof set>) => {
    await set(...args);
    return set(...args);
  };
  const first = await one.claim(message, { leaseMs });
  expect(first.granted).toBe(true);
  expect((await other.claim(message, { leaseMs })).granted).toBe(false);
  await one.record(message, { state: "not_sent", reason: "refused" }, first.entry.claimId);
  expect((await other.claim(message, { leaseMs })).granted).toBe(true);
});

test("scopes are kept apart, and the cache holds neither reference nor scope in its keys", async () => {
  const { one, platform } = openTwo();
  expect((await one.claim(message, { leaseMs })).granted).toBe(true);
  expect((await one.claim({ ...message, scope: "org_2" }, { leaseMs })).granted).toBe(true);
  expect(platform.keys().join()).not.toMatch(/order-1|org_/);
});

test("an entry is remembered for a week after its last change", async () => {
  const { one, pass } = openTwo();
  const day = 24 * 60 * 60 * 1000;
  const { entry } = await one.claim(message, { leaseMs });
  await one.record(message, sent, entry.claimId);
  pass(7 * day - 1);
  expect(await one.find(message)).toMatchObject({ state: "sent" });
  pass(1);
  expect(await one.find(message)).toBeNull();
});

test("notes are shared and end; what the cache cannot do says so", async () => {
  const { one, other, pass } = openTwo();
  expect(await one.setNote("name", "value", { ttlMs: 1000 })).toBe(true);
  expect(await other.setNote("name", "again", { ttlMs: 1000, ifAbsent: true })).toBe(false);
  expect(await other.note("name")).toBe("value");
  pass(1000);
  expect(await other.note("name")).toBeNull();
  for (const asked of [one.list(), one.get("send_1"), one.admit("a", []), one.release("a", "t")])
    await expect(asked).rejects.toThrow("on Zapier's cache cannot");
  await one.close();
});

test("a claim whose answer the cache does not give is none", async () => {
  const { one, other, platform } = openTwo();
  platform.trouble = () => "lost";
  await expect(one.claim(message, { leaseMs })).rejects.toThrow("lost");
  platform.trouble = () => undefined;
  expect(await other.claim(message, { leaseMs })).toMatchObject({ granted: false, entry: { state: "claimed" } });
});
