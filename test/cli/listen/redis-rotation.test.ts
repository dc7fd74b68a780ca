import { expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { createReceiver } from "../../../src/webhooks/receiver/receiver.ts";
import { addSecret, loadSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import { openRedisStore } from "../../../src/webhooks/store/redis/redis-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { skipped, startRedis } from "../../../testing/redis-server.ts";

(skipped ? test.skip : test)(
  `a new secret reaches every receiver on the store before it refuses anything${skipped ? ` (${skipped})` : ""}`,
  async () => {
    const redis = await startRedis();
    const open = () => openRedisStore({ url: redis.url, log: () => {} });
    const [rotating, receiving] = [await open(), [await open(), await open()]];
    const receivers = await Promise.all(
      receiving.map(async (store) => createReceiver({ secrets: await loadSecrets(store, ["old"]), store })),
    );
    let sent = 0;
    const statuses = (secret: string) =>
      Promise.all(
        receivers.map(async (receiver) => {
          sent += 1;
          const { body } = toIncoming(messageEvent(`evt_${sent}`));
          const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
          return (await receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body }))).status;
        }),
      );
    expect(await statuses("old")).toEqual([200, 200]);
    expect(await statuses("new")).toEqual([401, 401]);
    await addSecret(rotating, "new");
    expect(await statuses("new")).toEqual([200, 200]);
    expect(await statuses("old")).toEqual([200, 200]);
    for (const store of [rotating, ...receiving]) await store.close();
    await redis.close();
  },
);
