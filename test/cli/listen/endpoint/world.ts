/**
 * Endpoints and secrets among several receivers, against the reference API and in virtual time: started, killed, frozen,
 * stopped and rotated in any order. What the API knows is the oracle, not what the store says.
 */
import { type Endpoint, openEndpoint } from "../../../../cli/listen/endpoint/index.ts";
import type { Registration, RegistrationStore } from "../../../../cli/listen/endpoint/registrations.ts";
import { rotateRegistration } from "../../../../cli/listen/endpoint/rotate.ts";
import { createReference, type Reference } from "../../../../reference/index.ts";
import type { Webhook } from "../../../../src/api/index.ts";
import { signPayload } from "../../../../src/api/signature.ts";
import { createOnSync, type OnSync, type Transport } from "../../../../src/client/index.ts";
import { fetchTransport } from "../../../../src/client/transport/fetch.ts";
import { createReceiver, type Receiver } from "../../../../src/webhooks/receiver/receiver.ts";
import { loadSecrets } from "../../../../src/webhooks/receiver/secrets.ts";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { VirtualClock } from "../../../../testing/virtual-clock.ts";

export const [urlA, urlB] = ["https://a.example.com/", "https://b.example.com/"] as const;
export const hourMs = 60 * 60 * 1000;

/** Settings that all receivers share, as a Redis keeps them. */
function createSettings(): RegistrationStore {
  const all = new Map<string, string>();
  return {
    setting: async (name) => all.get(name) ?? null,
    swapSetting: async (name, from, to) => {
      if ((all.get(name) ?? null) !== from) return false;
      if (to === null) all.delete(name);
      else all.set(name, to);
      return true;
    },
  };
}

const never = new Promise<never>(() => {});

/** One process: killed, nothing it does happens any more; frozen, nothing until it wakes. */
export class Process {
  #isAlive = true;
  #awake: Promise<void> = Promise.resolve();
  #wake = (): void => {};
  isFrozen = false;
  /** Steps until it is killed of itself. */
  stepsLeft = Number.POSITIVE_INFINITY;

  get isAlive(): boolean {
    return this.#isAlive;
  }

  kill(): void {
    this.#isAlive = false;
  }

  freeze(): void {
    this.isFrozen = true;
    this.#awake = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.isFrozen = false;
    this.#wake();
  }

  async step<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#awake;
    this.stepsLeft -= 1;
    if (this.stepsLeft < 0 && this.#isAlive) {
      // Half of what is killed was done all the same.
      this.kill();
      if (this.stepsLeft % 2 === 0) await work();
    }
    if (!this.#isAlive) return never;
    const value = await work();
    return this.#isAlive ? value : never;
  }
}

export type RunningReceiver = { process: Process; url: string | null; endpoint: Endpoint; receiver: Receiver };

type StartOptions = { takeBack?: boolean; process?: Process; shared?: boolean; isDown?: () => boolean };

export class World {
  readonly clock = new VirtualClock("2026-01-01T00:00:00.000Z");
  readonly settings = createSettings();
  /** By an endpoint's id: what it was registered with. */
  readonly secrets = new Map<string, string>();
  readonly #reference: Reference = createReference({ rateLimit: 10_000_000 });
  readonly #api: Transport = fetchTransport((request) => this.#reference.fetch(request));
  readonly #operator = new Process();
  readonly #processes: Process[] = [];

  /** A receiver that registers the URL; `null`: that lives on what others registered. */
  async start(url: string | null, options: StartOptions = {}): Promise<RunningReceiver> {
    const { takeBack = false, process = new Process(), shared = true, isDown } = options;
    this.#processes.push(process);
    const store = this.#createStore(process);
    const time = this.#createClock(process);
    const secrets = await loadSecrets(store, [], { now: this.clock.now });
    // What is between `listen` and its store: looks at the secrets now and then.
    void (async () => {
      for (;;) {
        await time.sleep(5000);
        await secrets.refresh();
      }
    })();
    const endpoint = await openEndpoint({
      store,
      registered: url === null ? null : { onsync: this.#createClient(process, isDown), url, takeBack },
      shared,
      clock: time,
      monotonic: this.clock.now,
      log: () => {},
    });
    await secrets.refresh();
    const receiver = createReceiver({ secrets, store: { accept: async () => true } });
    return { process, url, endpoint, receiver };
  }

  async accepts({ receiver }: RunningReceiver, secret: string): Promise<boolean> {
    const { body } = toIncoming(messageEvent("evt_1"));
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    const { status } = await receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body }));
    return status === 200;
  }

  /** As OnSync has them. */
  async endpoints(): Promise<Webhook[]> {
    return (await this.#createClient(this.#operator).webhooks.list()).data;
  }

  rotate(url: string, process = new Process()): Promise<Registration> {
    const options = { ...this.#createClock(process), drainMs: 15 * 60_000, say: () => {} };
    return rotateRegistration(this.#createClient(process), this.#createStore(process), options, url);
  }

  async end(): Promise<void> {
    // What runs in virtual time would run for ever.
    for (const process of this.#processes) process.kill();
    await this.#reference.close();
  }

  #createClient(process: Process, isDown: () => boolean = () => false): OnSync {
    return createOnSync({
      apiKey: this.#reference.key,
      baseUrl: "http://127.0.0.1/v1",
      clock: this.clock,
      random: () => 0.5,
      // Around what is done alone: a process that is killed in it must not stop the clock for good.
      transport: (request) =>
        process.step(() =>
          this.clock.busy(async () => {
            if (isDown()) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
            const response = await this.#api(request);
            if (request.method === "POST") {
              const { id } = JSON.parse(response.text);
              if (id) this.secrets.set(id, JSON.parse(request.body as string).secret);
            }
            return response;
          }),
        ),
    });
  }

  #createStore(process: Process): RegistrationStore {
    return {
      setting: (name) => process.step(() => this.settings.setting(name)),
      swapSetting: (...args) => process.step(() => this.settings.swapSetting(...args)),
    };
  }

  #createClock(process: Process) {
    return {
      now: this.clock.now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        await this.clock.sleep(ms, signal);
        await process.step(async () => {});
      },
    };
  }
}
