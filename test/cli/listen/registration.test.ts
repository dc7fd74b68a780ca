/**
 * Endpoints and secrets among several receivers, against the reference API and in virtual time: started, killed, frozen,
 * stopped and rotated in any order. What the API knows is the oracle, not what the store says.
 */
import { afterEach, describe, expect, test } from "@jest/globals";
import { type Endpoint, openEndpoint } from "../../../cli/listen/endpoint.ts";
import { registrationOf, rotateRegistration } from "../../../cli/listen/registration.ts";
import { createReference, type Reference } from "../../../reference/index.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { createOnSync, type OnSync, type Transport } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { createReceiver, type Receiver } from "../../../src/webhooks/receiver/receiver.ts";
import { loadSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import { VirtualClock } from "../../../testing/clock.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";

/** Settings that all receivers share, as a Redis keeps them. */
function createSettings() {
  const all = new Map<string, string>();
  return {
    setting: async (name: string) => all.get(name) ?? null,
    swapSetting: async (name: string, from: string | null, to: string | null) => {
      if ((all.get(name) ?? null) !== from) return false;
      if (to === null) all.delete(name);
      else all.set(name, to);
      return true;
    },
  };
}

type Settings = ReturnType<typeof createSettings>;

const never = new Promise<never>(() => {});
const hour = 60 * 60 * 1000;

/** One process: killed, nothing it does happens any more; frozen, nothing until it wakes. */
class Process {
  #state: "alive" | "dead" = "alive";
  #awake: Promise<void> = Promise.resolve();
  #wake = (): void => {};
  frozen = false;
  /** Steps until it is killed of itself. */
  stepsLeft = Number.POSITIVE_INFINITY;

  get alive(): boolean {
    return this.#state === "alive";
  }
  kill(): void {
    this.#state = "dead";
  }
  freeze(): void {
    this.frozen = true;
    this.#awake = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  wake(): void {
    this.frozen = false;
    this.#wake();
  }
  async step<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#awake;
    this.stepsLeft -= 1;
    if (this.stepsLeft < 0 && this.alive) {
      // Half of what is killed was done all the same.
      this.kill();
      if (this.stepsLeft % 2 === 0) await work();
    }
    if (!this.alive) return never;
    const value = await work();
    return this.alive ? value : never;
  }
}

type Running = { process: Process; url: string | null; endpoint: Endpoint; receiver: Receiver };

function createWorld() {
  const clock = new VirtualClock("2026-01-01T00:00:00.000Z");
  const reference: Reference = createReference({ rateLimit: 10_000_000 });
  const settings = createSettings();
  /** By endpoint: what it was registered with. */
  const secretOf = new Map<string, string>();
  const api: Transport = fetchTransport((request) => reference.fetch(request));

  const clientOf = (process: Process, down: () => boolean = () => false): OnSync =>
    createOnSync({
      apiKey: reference.key,
      baseUrl: "http://127.0.0.1/v1",
      clock,
      random: () => 0.5,
      transport: (request) =>
        // Around what is done alone: one that is killed in it must not stop the clock for good.
        process.step(() =>
          clock.busy(async () => {
            if (down()) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
            const response = await api(request);
            if (request.method === "POST") {
              const { id } = JSON.parse(response.text);
              if (id) secretOf.set(id, JSON.parse(request.body as string).secret);
            }
            return response;
          }),
        ),
    });
  const storeOf = (process: Process): Settings => ({
    setting: (name) => process.step(() => settings.setting(name)),
    swapSetting: (...args) => process.step(() => settings.swapSetting(...args)),
  });
  const timeOf = (process: Process) => ({
    now: clock.now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await clock.sleep(ms, signal);
      await process.step(async () => {});
    },
  });

  const processes: Process[] = [];
  const start = async (
    url: string | null,
    { takeBack = false, process = new Process(), shared = true, down = (): boolean => false } = {},
  ): Promise<Running> => {
    processes.push(process);
    const store = storeOf(process);
    const time = timeOf(process);
    const secrets = await loadSecrets(store, [], { now: clock.now });
    // What is between `listen` and its store: looks at the secrets now and then.
    void (async () => {
      for (;;) {
        await time.sleep(5000);
        await secrets.refresh();
      }
    })();
    const endpoint = await openEndpoint({
      store,
      registered: url === null ? null : { onsync: clientOf(process, down), url, takeBack },
      shared,
      clock: time,
      monotonic: clock.now,
      log: () => {},
    });
    await secrets.refresh();
    const receiver = createReceiver({ secrets, store: { accept: async () => true } });
    return { process, url, endpoint, receiver };
  };

  const accepts = async ({ receiver }: Running, secret: string): Promise<boolean> => {
    const { body } = toIncoming(messageEvent("evt_1"));
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    const { status } = await receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body }));
    return status === 200;
  };
  const operator = new Process();
  const endpoints = async () => (await clientOf(operator).webhooks.list()).data;
  const rotate = (url: string, process = new Process()) =>
    rotateRegistration(
      clientOf(process),
      storeOf(process),
      { ...timeOf(process), drainMs: 15 * 60_000, say: () => {} },
      url,
    );
  const end = async () => {
    // What runs in virtual time would run for ever.
    for (const process of processes) process.kill();
    await reference.close();
  };
  return { clock, settings, secretOf, start, accepts, endpoints, rotate, end };
}

let world: ReturnType<typeof createWorld>;
afterEach(() => world.end());
const [a, b] = ["https://a.example.com/", "https://b.example.com/"] as const;

describe("taking an endpoint back", () => {
  test("is left to the last receiver that needs it, whether that registered or lives on what others did", async () => {
    world = createWorld();
    for (const url of [a, null]) {
      const [first, second] = [await world.start(a, { takeBack: true }), await world.start(url, { takeBack: true })];
      const [endpoint] = await world.endpoints();
      await first.endpoint.close();
      expect((await world.endpoints()).map(({ id }) => id)).toEqual([endpoint?.id]);
      expect(await world.accepts(second, world.secretOf.get(endpoint?.id as string) as string)).toBe(true);
      await second.endpoint.close();
      const last = await world.start(a, { takeBack: true });
      await last.endpoint.close();
      expect(await world.endpoints()).toEqual([]);
    }
  });

  test("of receivers that all stop at once, one removes it", async () => {
    world = createWorld();
    const all = await Promise.all([1, 2, 3].map(() => world.start(a, { takeBack: true })));
    await Promise.all(all.map(({ endpoint }) => endpoint.close()));
    expect(await world.endpoints()).toEqual([]);
  });

  test("a receiver that was killed holds it for some seconds and no longer", async () => {
    world = createWorld();
    const [killed, left] = [await world.start(a), await world.start(a, { takeBack: true })];
    killed.process.kill();
    const from = world.clock.now();
    await left.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
    expect(world.clock.now() - from).toBeLessThan(10_000);
  });

  test("with other URLs on the store, theirs are left alone", async () => {
    world = createWorld();
    const [one, other] = [await world.start(a, { takeBack: true }), await world.start(b)];
    await one.endpoint.close();
    const left = await world.endpoints();
    expect(left.map(({ url }) => url)).toEqual([b]);
    expect(await world.accepts(other, world.secretOf.get(left[0]?.id as string) as string)).toBe(true);
  });

  test("while OnSync is down ends within seconds, and the next start goes on with the endpoint", async () => {
    world = createWorld();
    let down = false;
    const receiver = await world.start(a, { takeBack: true, down: () => down });
    const [endpoint] = await world.endpoints();
    down = true;
    const from = world.clock.now();
    await receiver.endpoint.close();
    expect(world.clock.now() - from).toBeLessThan(5000);
    const again = await world.start(a, { takeBack: true });
    expect(again.endpoint.registered?.webhookId).toBe(endpoint?.id);
    expect(world.clock.now() - from).toBeLessThan(6000);
    await again.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
  });

  test("one that slept and was taken to be dead has an endpoint again when it wakes", async () => {
    world = createWorld();
    const [sleeping, other] = [await world.start(a), await world.start(a, { takeBack: true })];
    sleeping.process.freeze();
    await world.clock.sleep(60_000);
    await other.endpoint.close();
    expect(await world.endpoints()).toEqual([]);
    sleeping.process.wake();
    await world.clock.sleep(6000);
    const [endpoint] = await world.endpoints();
    expect(endpoint?.url).toBe(a);
    expect(await world.accepts(sleeping, world.secretOf.get(endpoint?.id as string) as string)).toBe(true);
  });
});

describe("several URLs on one store", () => {
  test("one after the other, again and again, are two endpoints with the secrets they began with", async () => {
    world = createWorld();
    for (let round = 0; round < 3; round++) {
      for (const url of [a, b]) {
        const { endpoint } = await world.start(url, { shared: false });
        await endpoint.close();
      }
    }
    const endpoints = await world.endpoints();
    expect(endpoints.map(({ url }) => url).sort()).toEqual([a, b]);
    const receiver = await world.start(null);
    await world.rotate(a);
    await world.clock.sleep(hour + 60_000);
    const others = endpoints.find(({ url }) => url === b)?.id as string;
    expect(await world.accepts(receiver, world.secretOf.get(others) as string)).toBe(true);
  });

  test("a registration of before there could be several is used on", async () => {
    world = createWorld();
    const first = await world.start(a, { shared: false });
    await first.endpoint.close();
    const registration = await registrationOf(world.settings, a);
    const text = await world.settings.setting("registrations");
    await world.settings.swapSetting("registrations", text, null);
    await world.settings.swapSetting("registration", null, JSON.stringify(registration));
    await world.start(b, { shared: false });
    const again = await world.start(a, { shared: false });
    expect(again.endpoint.registered?.webhookId).toBe(registration?.webhookId);
    expect(await world.endpoints()).toHaveLength(2);
  });
});

test("a registration that OnSync refuses leaves nothing that the next start waits for", async () => {
  world = createWorld();
  const refused = "no URL";
  await expect(world.start(refused)).rejects.toThrow();
  expect(await registrationOf(world.settings, refused)).toBeNull();
});

/** A small generator of numbers, so that a sequence that fails can be run again. */
function randomOf(seed: number) {
  let state = seed * 2_654_435_761 + 1;
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

const sequences = Number(process.env.ONSYNC_REGISTRATION_SEQUENCES ?? 15);

test(`in ${sequences} random sequences every live receiver takes what a live endpoint signs, ended secrets are refused, and no endpoint is left over`, async () => {
  for (let seed = 1; seed <= sequences; seed++) {
    world = createWorld();
    const { clock, secretOf } = world;
    const random = randomOf(seed);
    const told: string[] = [];
    let live: Running[] = [];
    /** When an endpoint was first seen to be gone. */
    const goneAt = new Map<string, number>();

    const check = async () => {
      const endpoints = await world.endpoints();
      const awake = live.filter(({ process }) => !process.frozen);
      for (const { id } of endpoints) {
        for (const each of awake) {
          if (!(await world.accepts(each, secretOf.get(id) as string)))
            throw new Error(`a delivery of ${id} is refused`);
        }
      }
      for (const { url } of awake) {
        if (url !== null && !endpoints.some((each) => each.url === url)) throw new Error(`${url} has no endpoint`);
      }
      for (const [id, secret] of secretOf) {
        if (endpoints.some((each) => each.id === id)) continue;
        if (!goneAt.has(id)) goneAt.set(id, clock.now());
        if (clock.now() - (goneAt.get(id) as number) < hour + 60_000) continue;
        for (const each of awake) {
          if (await world.accepts(each, secret)) throw new Error(`the secret of ${id} is accepted long after its end`);
        }
      }
    };

    const operations: (() => Promise<string>)[] = [
      async () => {
        const url = [a, b, null][random(3)] ?? null;
        const process = new Process();
        const takeBack = url !== null && random(2) === 0;
        if (random(3) === 0) process.stepsLeft = random(14);
        const starting = world.start(url, { process, takeBack });
        const running = await Promise.race([starting, clock.sleep(60_000).then(() => null)]);
        if (running?.process.alive) live.push(running);
        else process.kill();
        // From here on others kill it, so that no check waits for it.
        process.stepsLeft = Number.POSITIVE_INFINITY;
        return `start ${url} ${takeBack} ${running ? "" : "(killed)"}`;
      },
      async () => {
        const [killed] = live.splice(random(live.length + 1), 1);
        killed?.process.kill();
        return "kill";
      },
      async () => {
        const stopping = live.splice(random(live.length + 1), 1 + random(2)).filter(({ process }) => !process.frozen);
        // One that is killed while it stops never ends.
        await Promise.race([Promise.all(stopping.map(({ endpoint }) => endpoint.close())), clock.sleep(60_000)]);
        for (const { process } of stopping) process.kill();
        return `stop ${stopping.map(({ url }) => url)}`;
      },
      async () => {
        const url = [a, b][random(2)] as string;
        const process = new Process();
        if (random(3) === 0) process.stepsLeft = random(20);
        const rotating = world.rotate(url, process).then(
          () => "done",
          (error: Error) => error.message,
        );
        const outcome = await Promise.race([rotating, clock.sleep(120_000).then(() => "killed")]);
        if (outcome === "killed") process.kill();
        return `rotate ${url} ${outcome}`;
      },
      async () => {
        const frozen = live[random(live.length + 1)];
        if (frozen && !frozen.process.frozen) frozen.process.freeze();
        return "freeze";
      },
      async () => {
        for (const { process } of live) process.wake();
        return "wake";
      },
      async () => {
        const ms = [100, 3000, 20_000, 60_000, hour + 2 * 60_000][random(5)] as number;
        await clock.sleep(ms);
        return `sleep ${ms}`;
      },
    ];
    try {
      for (let n = 0; n < 14; n++) {
        told.push(await (operations[random(operations.length)] as () => Promise<string>)());
        for (const { process } of live) if (!process.alive) live = live.filter((each) => each.process !== process);
        // Who slept or lost an endpoint has it again after some signs of life, or once a dead one was waited for.
        await clock.sleep(25_000);
        await check();
      }
      // The end: whatever was killed on the way, one start and stop for each URL leaves nothing behind.
      for (const { process } of live) {
        process.stepsLeft = Number.POSITIVE_INFINITY;
        process.wake();
      }
      await clock.sleep(25_000);
      for (const { process, endpoint } of live.splice(0)) if (process.alive) await endpoint.close();
      for (const url of [a, b]) {
        const { endpoint } = await world.start(url, { takeBack: true });
        await endpoint.close();
      }
      expect((await world.endpoints()).map(({ url }) => url)).toEqual([]);
    } catch (error) {
      throw new Error(`sequence ${seed}: ${told.join("; ")}`, { cause: error });
    }
    if (seed < sequences) await world.end();
  }
}, 120_000);
