/**
 * Time that passes when we say so. One world is one run: everything that waits is in one queue, and the next thing in it
 * happens once nothing else moves. An hour of waiting costs as much as the things that happen in it.
 */
import { TimerQueue, type Waiting } from "./timer-queue.ts";

/** Resolves when everything that follows at once has happened: it comes after all promise callbacks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class NothingLeftError extends Error {
  override name = "NothingLeftError";
}

/** More things than this in one run is a loop that never ends. */
const maxEvents = 200_000;

export class World {
  readonly #queue = new TimerQueue();
  #time = 0;
  #order = 0;
  #events = 0;

  /** Milliseconds of true time since the run began. It never jumps. */
  now(): number {
    return this.#time;
  }

  /** @returns what takes it back */
  after(ms: number, act: () => void): () => void {
    this.#order += 1;
    const item: Waiting = { at: this.#time + Math.max(0, ms), order: this.#order, act };
    this.#queue.push(item);
    return () => {
      item.act = null;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * Lets time pass until the promise is settled.
   *
   * @throws NothingLeftError where nothing is left to wait for and it is not
   */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    await settle();
    while (!done) {
      const next = this.#queue.popBy(Number.POSITIVE_INFINITY);
      if (next === undefined) throw new NothingLeftError("Nothing is left to wait for, and it has not ended.");
      await this.#happen(next);
    }
    return promise;
  }

  /** Lets this much time pass, and whatever falls due in it. */
  async pass(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settle();
    for (let next = this.#queue.popBy(end); next !== undefined; next = this.#queue.popBy(end)) await this.#happen(next);
    this.#time = end;
  }

  async #happen(item: Waiting): Promise<void> {
    this.#events += 1;
    if (this.#events > maxEvents) throw new Error(`More than ${maxEvents} things happened in one run.`);
    this.#time = Math.max(this.#time, item.at);
    item.act?.();
    await settle();
  }
}
