import { describe, expect, test } from "@jest/globals";
import { createReceiver } from "../../../src/webhooks/receiver/receiver.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent } from "../../../testing/events.ts";
import { createStillClock, delivery, openReceiver, secret } from "./harness.ts";

describe("a receiver that takes events of some age alone", () => {
  test("refuses an event created longer ago, or at no time, says so in the log and keeps nothing", async () => {
    const logged: unknown[] = [];
    const clock = createStillClock();
    await using at = openReceiver({ clock, maxAgeMs: 60_000, log: (...entry) => logged.push(entry) });
    const created = (id: string, createdAt: string) => JSON.stringify({ ...messageEvent(id), createdAt });
    const ago = (ms: number) => new Date(clock.time - ms).toISOString();
    const status = async (text: string) => (await at.receiver.fetch(delivery(text))).status;
    expect(await status(created("evt_1", ago(60_000)))).toBe(200);
    // The sender's clock is ahead: that is no age.
    expect(await status(created("evt_2", ago(-3_600_000)))).toBe(200);
    logged.length = 0;
    const refused = await at.receiver.fetch(delivery(created("evt_3", ago(60_001))));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      error: expect.stringContaining("older than this receiver takes: 60 seconds"),
    });
    expect(logged).toEqual([
      ["warn", expect.stringContaining("too old"), expect.objectContaining({ event: "evt_3", createdAt: ago(60_001) })],
    ]);
    for (const createdAt of ["", "yesterday", "0000", "-271822-01-01T00:00:00Z"])
      expect(await status(created("evt_4", createdAt))).toBe(422);
    expect(await at.store.stats()).toMatchObject({ accepted: 2 });
    for (const maxAgeMs of [0, -1, Number.NaN])
      expect(() => createReceiver({ secrets: [secret], store: at.store, maxAgeMs })).toThrow(
        "maxAgeMs must be above 0",
      );
  });

  test("a caught delivery never comes in twice where the age is what the store keeps", async () => {
    const clock = createStillClock();
    const keepMs = 7 * 86_400_000;
    await using store = Object.assign(openSqliteStore({ file: ":memory:", clock, keepMs }), {
      [Symbol.asyncDispose]: () => store.close(),
    });
    const status = async (maxAgeMs?: number) => {
      const receiver = createReceiver({ secrets: [secret], store, clock, ...(maxAgeMs && { maxAgeMs }) });
      return (await receiver.fetch(delivery())).status;
    };
    expect(await status(keepMs)).toBe(200);
    for (const each of await store.take(10)) await store.done(each);
    clock.time += keepMs;
    await store.prune();
    expect(await status(keepMs)).toBe(200);
    expect(await store.stats()).toMatchObject({ accepted: 1 });
    clock.time += 1;
    await store.prune();
    expect(await status(keepMs)).toBe(422);
    expect(await store.stats()).toMatchObject({ accepted: 1 });
    // As it was without: the same delivery is taken for a new one.
    expect(await status()).toBe(200);
    expect(await store.stats()).toMatchObject({ accepted: 2 });
  });
});
