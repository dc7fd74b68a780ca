/** Several receivers that register one endpoint on one store. */
import { describe, expect, test } from "@jest/globals";
import { register } from "../../../../cli/listen/endpoint/register.ts";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { briefWaits, createClient, startApi } from "../receivers.ts";

describe("registration", () => {
  const url = "https://hooks.example.com/";

  test("of several receivers that start at once on one store, one registers and all know it", async () => {
    await using api = await startApi();
    const store = openSqliteStore({ file: ":memory:" });
    const all = await Promise.all([1, 2, 3].map(() => register(createClient(api.reference), store, url, briefWaits)));
    const { data } = await createClient(api.reference).webhooks.list();
    expect(data).toHaveLength(1);
    for (const each of all) expect(each.webhookId).toBe(data[0]?.id);
    await store.close();
  });

  test.each([
    ["after OnSync had made its endpoint", true],
    ["before OnSync had made its endpoint", false],
  ])("one that died while it registered, %s, is taken over", async (_when, isMade) => {
    await using api = await startApi();
    const store = openSqliteStore({ file: ":memory:" });
    const dying = createClient(api.reference, (transport) => async (request) => {
      if (isMade) await transport(request);
      throw new Error("killed");
    });
    await register(dying, store, url, briefWaits).catch(() => {});
    let now = Date.now();
    const waits: number[] = [];
    const registered = await register(createClient(api.reference), store, url, {
      now: () => now,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
    expect(waits.length).toBeGreaterThan(10);
    const { data } = await createClient(api.reference).webhooks.list();
    expect(data.map(({ id }) => id)).toEqual([registered.webhookId]);
    await store.close();
  });
});
