import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type Message, type OnSyncOptions, type SendLedger } from "../../../src/client/index.ts";
import { json, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } as const;

describe("a send whose ledger fails", () => {
  const failing = (method: "claim" | "record" | "note", how: () => Promise<never>): SendLedger => ({
    ...createMemoryLedger(),
    durable: true,
    [method]: how,
  });
  const down = () => Promise.reject(new Error("the disk is full"));
  const sent = json(201, { id: "msg_1", metadata: { clientReference: "reference-1" } });
  const send = (steps: Step[], options: Partial<OnSyncOptions>) => {
    const script = scriptedOnSync(steps, options);
    return { ...script, outcome: script.onsync.messages.send(text).catch((error: unknown) => error) };
  };

  test("sends nothing where the claim is refused with an error", async () => {
    const { outcome, lines } = send([], { ledger: failing("claim", down) });
    expect(await outcome).toMatchObject({
      name: "OnSyncError",
      outcome: "not_sent",
      message: "The send ledger cannot be asked: the disk is full",
    });
    expect(lines()).toEqual([]);
  });

  test("sends nothing where the claim is never answered, and ends by its deadline", async () => {
    const { outcome, lines } = send([], { ledger: failing("claim", () => new Promise(() => {})) });
    expect(await outcome).toMatchObject({ name: "TimeoutError", sent: false, outcome: "not_sent" });
    expect(lines()).toEqual([]);
  });

  test("frees a claim that is granted after the call has ended", async () => {
    const clock = new VirtualClock();
    const ledger = createMemoryLedger({ clock });
    const slow: SendLedger = {
      ...ledger,
      claim: async (message, options) => {
        await clock.sleep(40_000);
        return ledger.claim(message, options);
      },
    };
    const { outcome } = send([], { ledger: slow, clock });
    expect(await outcome).toMatchObject({ outcome: "not_sent" });
    await clock.sleep(20_000);
    expect(await ledger.list()).toMatchObject([{ state: "not_sent", reason: "its call ended first" }]);
  });

  test.each([
    ["fails", down],
    ["hangs", () => new Promise<never>(() => {})],
  ])("answers with the message, and tells onLedgerError, where noting it %s", async (how, record) => {
    const told: unknown[] = [];
    const onLedgerError = (error: unknown) => told.push(error);
    const { outcome, clock } = send([sent], { ledger: failing("record", record), onLedgerError });
    const startedAt = clock.now();
    expect(await outcome).toMatchObject({ id: "msg_1" });
    expect(told).toHaveLength(1);
    expect(clock.now() - startedAt).toBe(how === "hangs" ? 2_000 : 0);
  });
});
test("the reason that the ledger keeps holds no text of the message", async () => {
  const ledger = createMemoryLedger({ clock: new VirtualClock() });
  const secret = { ...text, content: "The code is 8213" };
  const echo = json(400, { error: { code: "validation_failed", message: `content: ${secret.content}` } });
  const { onsync } = scriptedOnSync([echo], { ledger });
  await rejection(onsync.messages.send(secret));
  const entries = await ledger.list();
  expect(entries).toHaveLength(1);
  expect(JSON.stringify(entries)).not.toContain("8213");
  expect((entries as { data?: Message[] }[])[0]).toMatchObject({ state: "not_sent" });
});
