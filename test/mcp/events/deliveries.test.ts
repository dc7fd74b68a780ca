/** What a subscriber is sent, and when no more. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { createGuardedDeliver } from "../../../src/http/guarded-post.ts";
import { messageEvent } from "../../../testing/events.ts";
import { createEndpoint } from "./endpoint.ts";
import { start } from "./world.ts";

test("where a name leads is judged again at each delivery: one that now leads to this machine is not connected to", async () => {
  const addresses = ["93.184.216.34", "127.0.0.1"];
  const asked: string[] = [];
  const guarded = createGuardedDeliver({
    ownPorts: () => new Set(),
    allowsPrivate: () => false,
    resolve: ((_name: string, _options: object, done: (error: null, found: object[]) => void) => {
      const address = addresses[Math.min(asked.length, 1)] as string;
      asked.push(address);
      done(null, [{ address, family: 4 }]);
    }) as never,
  });
  const endpoint = createEndpoint();
  let challenged = false;
  using world = start({
    endpoint: {
      ...endpoint,
      // The challenge reaches the endpoint; what comes after goes by the guard.
      deliver: (request) => {
        if (challenged) return guarded({ ...request, signal: AbortSignal.timeout(500) });
        challenged = true;
        asked.push("93.184.216.34");
        return endpoint.deliver(request);
      },
    },
  });
  await world.subscribe();
  world.events.append(messageEvent("evt_1"));
  while (world.store.list()[0]?.active) await turn();
  expect(world.store.list()[0]).toMatchObject({ active: false, lastError: "connection_refused" });
  expect(asked.slice(1).every((address) => address === "127.0.0.1")).toBe(true);
});

test("an event that is not taken is tried again, with a new signature under the same id, and the next waits for it", async () => {
  using world = start();
  world.endpoint.answers.push({ status: 503 }, new Error("gone"), { status: 302 });
  await world.subscribe();
  for (const id of ["evt_1", "evt_2"]) world.events.append(messageEvent(id));
  const came = await world.endpoint.take(5);
  expect(came.map(({ id }) => id)).toEqual(["evt_1", "evt_1", "evt_1", "evt_1", "evt_2"]);
  expect(came.every(({ signedBy }) => signedBy.length === 1)).toBe(true);
  expect(world.slept.filter((ms) => [5_000, 30_000, 120_000].includes(ms))).toEqual([5_000, 30_000, 120_000]);
});

test("after seven attempts a subscription rests, and a refresh takes it up where it was", async () => {
  using world = start();
  world.endpoint.answers.push(...Array.from({ length: 7 }, () => ({ status: 500 })));
  await world.subscribe();
  world.events.append(messageEvent("evt_1"));
  await world.endpoint.take(7);
  while (world.store.list()[0]?.active) await turn();
  const { result } = await world.subscribe();
  expect(result.deliveryStatus).toMatchObject({
    active: false,
    lastError: "http_5xx",
    failedSince: expect.any(String),
  });
  expect((await world.endpoint.take(8)).at(-1)?.id).toBe("evt_1");
  expect(world.store.list()[0]?.active).toBe(true);
});

test("an endpoint that says 410 is sent no more; one that says 413 is spared that event alone", async () => {
  using world = start();
  world.endpoint.answers.push({ status: 413 }, { status: 410 });
  await world.subscribe();
  for (const id of ["evt_1", "evt_2", "evt_3"]) world.events.append(messageEvent(id));
  const came = await world.endpoint.take(2);
  expect(came.map(({ id }) => id)).toEqual(["evt_1", "evt_2"]);
  while (world.store.list().length > 0) await turn();
});
