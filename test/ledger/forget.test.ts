/** A person taken out of a send ledger, in both engines alike. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { forgetRecipient } from "../../src/ledger/forget.ts";
import { openLedger, type SendLedger } from "../../src/ledger/index.ts";
import type { Recipient } from "../../src/ledger/recipient.ts";
import { type RedisServer, skipped, startRedis } from "../../testing/redis-server.ts";
import { leaseMs, messageOf } from "./messages.ts";
import { createLedgerFiles } from "./sqlite/ledger-files.ts";

const newFile = createLedgerFiles();
let redis: RedisServer | undefined;
beforeAll(async () => {
  if (skipped === null) redis = await startRedis();
});
afterAll(() => redis?.close());

const phone = "+971500000001";
/** Reached by a phone, or in a conversation that only its id tells. */
const sara: Recipient = {
  isReached: ({ scope, platform, address, conversationId }) =>
    scope === messageOf("").scope &&
    ((platform === "whatsapp" && address === phone) || conversationId === "telegram:sara"),
  isNamedIn: (text) => text.includes("sara"),
};

async function fill(ledger: SendLedger): Promise<void> {
  const claim = async (reference: string, message: Parameters<typeof messageOf>[1]) =>
    (await ledger.claim(messageOf(reference, message), { leaseMs })).entry;
  const send = async (reference: string, message: Parameters<typeof messageOf>[1], conversationId: string) =>
    ledger.record(await claim(reference, message), {
      state: "sent",
      messageId: reference,
      conversationId,
      sentAt: null,
    });
  await send("by-phone", { platform: "whatsapp", to: phone }, "whatsapp:1");
  await send("by-conversation", { platform: "telegram", to: "someone" }, "telegram:sara");
  await send("another-person", { platform: "whatsapp", to: "+971500000002" }, "whatsapp:2");
  await send("another-platform", { platform: "telegram", to: phone }, "telegram:3");
  await send("another-org", { platform: "whatsapp", to: phone, scope: "another" }, "whatsapp:1");
  const failed = await claim("sara-was-not-sent", { platform: "whatsapp", to: phone });
  await ledger.record(failed, { state: "not_sent", reason: "sara has no WhatsApp" }, failed.claimId);
  const lost = await claim("lost", { platform: "whatsapp", to: phone });
  await ledger.record(lost, { state: "unknown", reason: "its answer was lost" }, lost.claimId);
  await claim("under-way", { platform: "whatsapp", to: phone });
  for (const [name, value] of [
    ["proposal 1", "to sara"],
    ["proposal decision 1", "approved"],
    ["proposal 2", "to omar"],
    ["proposal decision 2", "refused"],
    ["conversation of sara", "telegram:77"],
  ] as const)
    await ledger.setNote(name, value, { ttlMs: 60_000, list: "all" });
}

const read = async (ledger: SendLedger) => ({
  sends: (await ledger.list()).map(({ ageMs: _ageMs, ...entry }) => entry),
  notes: await ledger.listNotes("all"),
});

describe.each([
  ["a file", newFile],
  ["Redis", () => redis?.url],
] as const)("in %s", (engine, choosePlace) => {
  const isLeftOut = engine === "Redis" && skipped !== null;
  (isLeftOut ? test.skip : test)("who was written to is gone, what is open and all of others stays", async () => {
    const place = choosePlace() ?? "";
    const ledger = await openLedger(place);
    await fill(ledger);
    const before = await read(ledger);
    const found = { sends: 3, notes: 3, open: 2, references: 1, scrubbed: true };

    expect(await forgetRecipient(place, sara, { dryRun: true })).toEqual(found);
    expect(await read(ledger)).toEqual(before);

    expect(await forgetRecipient(place, sara)).toEqual(found);
    const forgotten = ["by-phone", "by-conversation", "sara-was-not-sent"];
    expect(await read(ledger)).toEqual({
      sends: before.sends.map((entry) =>
        forgotten.includes(entry.reference) ? { ...entry, to: "", conversationId: null, reason: null } : entry,
      ),
      notes: ["refused", "to omar"],
    });
    expect(await forgetRecipient(place, sara)).toEqual({ ...found, sends: 0, notes: 0 });
    await ledger.close();
  });
});
