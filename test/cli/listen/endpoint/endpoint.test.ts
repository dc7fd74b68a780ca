/** Endpoints that several receivers share, and several on one store: registered, kept and taken back. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { findRegistration } from "../../../../cli/listen/endpoint/registrations.ts";
import { hourMs, urlA, urlB, World } from "./world.ts";

let world: World;
afterEach(() => world.end());

describe("taking an endpoint back", () => {
  test("is left to the last receiver that needs it, whether that registered or lives on what others did", async () => {
    world = new World();
    for (const url of [urlA, null]) {
      const [first, second] = [await world.start(urlA, { takeBack: true }), await world.start(url, { takeBack: true })];
      const [endpoint] = await world.endpoints();
      await first.endpoint.close();
      expect((await world.endpoints()).map(({ id }) => id)).toEqual([endpoint?.id]);
      expect(await world.accepts(second, world.secrets.get(endpoint?.id as string) as string)).toBe(true);
      await second.endpoint.close();
      const last = await world.start(urlA, { takeBack: true });
      await last.endpoint.close();
      expect(await world.endpoints()).toEqual([]);
    }
  });

  test("of receivers that all stop at once, one removes it", async () => {
    world = new World();
    const all = await Promise.all([1, 2, 3].map(() => world.start(urlA, { takeBack: true })));
    await Promise.all(all.map(({ endpoint }) => endpoint.close()));
    expect(await world.endpoints()).toEqual([]);
  });

  test("a receiver that was killed holds it for some seconds and no longer", async () => {
    world = new World();
    const [killed, left] = [await world.start(urlA), await world.start(urlA, { takeBack: true })];
    killed.process.kill();
    const from = world.clock.now();
    await left.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
    expect(world.clock.now() - from).toBeLessThan(10_000);
  });

  test("with other URLs on the store, theirs are left alone", async () => {
    world = new World();
    const [one, other] = [await world.start(urlA, { takeBack: true }), await world.start(urlB)];
    await one.endpoint.close();
    const left = await world.endpoints();
    expect(left.map(({ url }) => url)).toEqual([urlB]);
    expect(await world.accepts(other, world.secrets.get(left[0]?.id as string) as string)).toBe(true);
  });

  test("while OnSync is down ends within seconds, and the next start goes on with the endpoint", async () => {
    world = new World();
    let down = false;
    const receiver = await world.start(urlA, { takeBack: true, isDown: () => down });
    const [endpoint] = await world.endpoints();
    down = true;
    const from = world.clock.now();
    await receiver.endpoint.close();
    expect(world.clock.now() - from).toBeLessThan(5000);
    const again = await world.start(urlA, { takeBack: true });
    expect(again.endpoint.registered?.webhookId).toBe(endpoint?.id);
    expect(world.clock.now() - from).toBeLessThan(6000);
    await again.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
  });

  test("one that slept and was taken to be dead has an endpoint again when it wakes", async () => {
    world = new World();
    const [sleeping, other] = [await world.start(urlA), await world.start(urlA, { takeBack: true })];
    sleeping.process.freeze();
    await world.clock.sleep(60_000);
    await other.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
    sleeping.process.wake();
    await world.clock.sleep(6000);
    const [endpoint] = await world.endpoints();
    expect(endpoint?.url).toBe(urlA);
    expect(await world.accepts(sleeping, world.secrets.get(endpoint?.id as string) as string)).toBe(true);
  });
});

describe("several URLs on one store", () => {
  test("used one after the other, again and again, stay two endpoints with the secrets they began with", async () => {
    world = new World();
    for (let round = 0; round < 3; round++) {
      for (const url of [urlA, urlB]) {
        const { endpoint } = await world.start(url, { shared: false });
        await endpoint.close();
      }
    }
    const endpoints = await world.endpoints();
    expect(endpoints.map(({ url }) => url).sort()).toEqual([urlA, urlB]);
    const receiver = await world.start(null);
    await world.rotate(urlA);
    await world.clock.sleep(hourMs + 60_000);
    const others = endpoints.find(({ url }) => url === urlB)?.id as string;
    expect(await world.accepts(receiver, world.secrets.get(others) as string)).toBe(true);
  });

  test("include the one that an earlier version kept, which is used on", async () => {
    world = new World();
    const first = await world.start(urlA, { shared: false });
    await first.endpoint.close();
    const registration = await findRegistration(world.settings, urlA);
    const text = await world.settings.setting("registrations");
    await world.settings.swapSetting("registrations", text, null);
    await world.settings.swapSetting("registration", null, JSON.stringify(registration));
    await world.start(urlB, { shared: false });
    const again = await world.start(urlA, { shared: false });
    expect(again.endpoint.registered?.webhookId).toBe(registration?.webhookId);
    expect(await world.endpoints()).toHaveLength(2);
  });
});

test("a registration that OnSync refuses leaves nothing that the next start waits for", async () => {
  world = new World();
  const refused = "no URL";
  await expect(world.start(refused)).rejects.toThrow();
  expect(await findRegistration(world.settings, refused)).toBeNull();
});
