/** Whatever receivers do, and whenever they are killed while they do it: endpoints and secrets stay as they should be. */
import { expect, test } from "@jest/globals";
import { hourMs, Process, type RunningReceiver, urlA, urlB, World } from "./world.ts";

/** A small generator of numbers, so that a sequence that fails can be run again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

/** One sequence of what may happen to receivers, drawn by its seed. */
class Sequence {
  readonly world = new World();
  /** What has been done, to be told where it fails. */
  readonly told: string[] = [];
  readonly #random: (below: number) => number;
  /** When an endpoint was first seen to be gone. */
  readonly #goneAt = new Map<string, number>();
  readonly #operations = [
    () => this.#start(),
    () => this.#kill(),
    () => this.#stop(),
    () => this.#rotate(),
    () => this.#freeze(),
    () => this.#wake(),
    () => this.#sleep(),
  ];
  #live: RunningReceiver[] = [];

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  async run(): Promise<void> {
    for (let n = 0; n < 14; n++) {
      this.told.push(await (this.#operations[this.#random(this.#operations.length)] as () => Promise<string>)());
      this.#live = this.#live.filter(({ process }) => process.isAlive);
      // Who slept or lost an endpoint has it again after some heartbeats, or once a dead one was waited for.
      await this.world.clock.sleep(25_000);
      await this.#check();
    }
  }

  /** Whatever was killed on the way, one start and stop for each URL leaves nothing behind. */
  async end(): Promise<void> {
    for (const { process } of this.#live) {
      process.stepsLeft = Number.POSITIVE_INFINITY;
      process.wake();
    }
    await this.world.clock.sleep(25_000);
    for (const { process, endpoint } of this.#live.splice(0)) if (process.isAlive) await endpoint.close();
    for (const url of [urlA, urlB]) {
      const { endpoint } = await this.world.start(url, { takeBack: true });
      await endpoint.close();
    }
  }

  async #check(): Promise<void> {
    const { world } = this;
    const endpoints = await world.endpoints();
    const awake = this.#live.filter(({ process }) => !process.isFrozen);
    for (const { id } of endpoints) {
      for (const each of awake) {
        if (!(await world.accepts(each, world.secrets.get(id) as string)))
          throw new Error(`a delivery of ${id} is refused`);
      }
    }
    for (const { url } of awake) {
      if (url !== null && !endpoints.some((each) => each.url === url)) throw new Error(`${url} has no endpoint`);
    }
    for (const [id, secret] of world.secrets) {
      if (endpoints.some((each) => each.id === id)) continue;
      if (!this.#goneAt.has(id)) this.#goneAt.set(id, world.clock.now());
      if (world.clock.now() - (this.#goneAt.get(id) as number) < hourMs + 60_000) continue;
      for (const each of awake) {
        if (await world.accepts(each, secret)) throw new Error(`the secret of ${id} is accepted long after its end`);
      }
    }
  }

  async #start(): Promise<string> {
    const url = [urlA, urlB, null][this.#random(3)] ?? null;
    const process = new Process();
    const takeBack = url !== null && this.#random(2) === 0;
    if (this.#random(3) === 0) process.stepsLeft = this.#random(14);
    const starting = this.world.start(url, { process, takeBack });
    const running = await Promise.race([starting, this.world.clock.sleep(60_000).then(() => null)]);
    if (running?.process.isAlive) this.#live.push(running);
    else process.kill();
    // From here on others kill it, so that no check waits for it.
    process.stepsLeft = Number.POSITIVE_INFINITY;
    return `start ${url} ${takeBack} ${running ? "" : "(killed)"}`;
  }

  async #kill(): Promise<string> {
    const [killed] = this.#live.splice(this.#random(this.#live.length + 1), 1);
    killed?.process.kill();
    return "kill";
  }

  async #stop(): Promise<string> {
    const stopping = this.#live
      .splice(this.#random(this.#live.length + 1), 1 + this.#random(2))
      .filter(({ process }) => !process.isFrozen);
    // One that is killed while it stops never ends.
    await Promise.race([Promise.all(stopping.map(({ endpoint }) => endpoint.close())), this.world.clock.sleep(60_000)]);
    for (const { process } of stopping) process.kill();
    return `stop ${stopping.map(({ url }) => url)}`;
  }

  async #rotate(): Promise<string> {
    const url = [urlA, urlB][this.#random(2)] as string;
    const process = new Process();
    if (this.#random(3) === 0) process.stepsLeft = this.#random(20);
    const rotating = this.world.rotate(url, process).then(
      () => "done",
      (error: Error) => error.message,
    );
    const outcome = await Promise.race([rotating, this.world.clock.sleep(120_000).then(() => "killed")]);
    if (outcome === "killed") process.kill();
    return `rotate ${url} ${outcome}`;
  }

  async #freeze(): Promise<string> {
    const frozen = this.#live[this.#random(this.#live.length + 1)];
    if (frozen && !frozen.process.isFrozen) frozen.process.freeze();
    return "freeze";
  }

  async #wake(): Promise<string> {
    for (const { process } of this.#live) process.wake();
    return "wake";
  }

  async #sleep(): Promise<string> {
    const ms = [100, 3000, 20_000, 60_000, hourMs + 2 * 60_000][this.#random(5)] as number;
    await this.world.clock.sleep(ms);
    return `sleep ${ms}`;
  }
}

const sequences = Number(process.env.ONSYNC_REGISTRATION_SEQUENCES ?? 15);

test(`in ${sequences} random sequences every live receiver takes what a live endpoint signs, ended secrets are refused, and no endpoint is left over`, async () => {
  for (let seed = 1; seed <= sequences; seed++) {
    const sequence = new Sequence(seed);
    try {
      await sequence.run();
      await sequence.end();
      expect((await sequence.world.endpoints()).map(({ url }) => url)).toEqual([]);
    } catch (error) {
      throw new Error(`sequence ${seed}: ${sequence.told.join("; ")}`, { cause: error });
    } finally {
      await sequence.world.end();
    }
  }
}, 120_000);
