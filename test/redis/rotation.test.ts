import { expect, test } from "@jest/globals";
import { createReceiver } from "../../src/events/receiver.ts";
import { openRedisStore } from "../../src/events/redis/index.ts";
import { addSecret, secretsOf } from "../../src/events/secrets.ts";
import { signPayload } from "../../src/events/signature.ts";
import { incoming, messageEvent } from "../events/store-contract.ts";
import { skipped, startRedis } from "./server.ts";

(skipped ? test.skip : test)(
  `a new secret reaches every receiver on the store before it refuses anything${skipped ? ` (${skipped})` : ""}`,
  async () => {
    const redis = await startRedis();
    const open = () => openRedisStore({ url: redis.url, log: () => {} });
    const [rotating, receiving] = [await open(), [await open(), await open()]];
    const receivers = await Promise.all(
      receiving.map(async (store) => createReceiver({ secrets: await secretsOf(store, ["old"]), store })),
    );
    let sent = 0;
    const statuses = (secret: string) =>
      Promise.all(
        receivers.map(async (receiver) => {
          sent += 1;
          const { body } = incoming(messageEvent(`evt_${sent}`));
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
