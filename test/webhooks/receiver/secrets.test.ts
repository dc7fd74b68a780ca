import { describe, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { createReceiver } from "../../../src/webhooks/receiver/receiver.ts";
import { addSecret, generateSecret, loadSecrets, retireOtherSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createManualClock, messageEvent } from "../../../testing/events.ts";
import { delivery, secret } from "./harness.ts";

describe("the secrets of a receiver", () => {
  test("a new secret is accepted from the first delivery signed with it; the old one too, until it is retired", async () => {
    const clock = createManualClock();
    const store = openSqliteStore({ file: ":memory:" });
    const secrets = await loadSecrets(store, ["whsec_own"], clock);
    const receiver = createReceiver({ secrets, store });
    const status = async (id: string, signedWith: string) => {
      const text = JSON.stringify(messageEvent(id));
      const signature = signPayload(text, signedWith);
      return (await receiver.fetch(delivery(text, { "x-onsync-signature": signature }))).status;
    };
    await addSecret(store, "whsec_1", clock);
    expect(await status("evt_1", "whsec_1")).toBe(200);
    await addSecret(store, "whsec_2", clock);
    expect(
      await Promise.all([status("evt_2", "whsec_2"), status("evt_3", "whsec_1"), status("evt_4", "whsec_own")]),
    ).toEqual([200, 200, 200]);
    expect(secrets.current()).toEqual(["whsec_2", "whsec_1", "whsec_own"]);
    await retireOtherSecrets(store, "whsec_2", clock.now() + 1000, clock);
    await secrets.refresh();
    expect(await status("evt_5", "whsec_1")).toBe(200);
    clock.time += 1001;
    expect(await status("evt_6", "whsec_1")).toBe(401);
    expect(await status("evt_7", "whsec_2")).toBe(200);
    await store.close();
  });

  test("one that the store has retired is not accepted though a receiver is started with it, until it is added again", async () => {
    const clock = createManualClock();
    const store = openSqliteStore({ file: ":memory:" });
    await addSecret(store, "whsec_old", clock);
    await addSecret(store, "whsec_new", clock);
    await retireOtherSecrets(store, "whsec_new", clock.now(), clock);
    const secrets = await loadSecrets(store, ["whsec_own", "whsec_old"], clock);
    expect(secrets.current()).toEqual(["whsec_new", "whsec_own"]);
    expect(await store.setting("secrets")).not.toContain("whsec_old");
    await addSecret(store, "whsec_old", clock);
    expect(await secrets.refresh()).toBe(true);
    expect(secrets.current()).toEqual(["whsec_old", "whsec_new", "whsec_own"]);
    await store.close();
  });

  test("a secret that is made is told by its beginning, and is made of 24 random bytes", () => {
    const [one, other] = [generateSecret(), generateSecret()];
    expect(one).toMatch(/^whsec_[\w-]{32}$/);
    expect(other).not.toBe(one);
  });

  test("before there is any secret, deliveries are asked to come again", async () => {
    const store = openSqliteStore({ file: ":memory:" });
    const receiver = createReceiver({ secrets: await loadSecrets(store, []), store });
    expect((await receiver.fetch(delivery())).status).toBe(503);
    await addSecret(store, secret);
    expect((await receiver.fetch(delivery())).status).toBe(200);
    await store.close();
  });

  test("many deliveries refused at once share one more read of the store's secrets, which begins after they arrived", async () => {
    let looks = 0;
    const secondLook = Promise.withResolvers<string | null>();
    const rotated = JSON.stringify([{ secret: "whsec_new", until: null }]);
    const many = await loadSecrets(
      {
        setting: async () => {
          looks += 1;
          return looks === 1 ? null : looks === 2 ? secondLook.promise : rotated;
        },
      },
      [],
    );
    const first = many.refresh();
    const others = [many.refresh(), many.refresh(), many.refresh()];
    expect(looks).toBe(2);
    secondLook.resolve(null);
    expect(await first).toBe(false);
    expect(await Promise.all(others)).toEqual([true, true, true]);
    expect(looks).toBe(3);
    expect(many.current()).toEqual(["whsec_new"]);
  });
});
