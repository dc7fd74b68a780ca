/** A clock for tests: time stands still while anything works and jumps to the earliest timer when everything waits. */
import type { Clock } from "../src/client/index.ts";

type Timer = { at: number; fire: () => void };

/** Turns of the event loop without anything happening after which everything is taken to wait. */
const quietTurns = 3;

export class VirtualClock implements Clock {
  #now: number;
  #timers = new Set<Timer>();
  #busy = 0;
  #activity = 0;
  #watching = false;

  constructor(start: number | string = "2024-12-01T10:00:00.000Z") {
    this.#now = typeof start === "number" ? start : Date.parse(start);
  }

  now = (): number => this.#now;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#timers.delete(timer);
        reject(signal?.reason);
      };
      const timer = {
        at: this.#now + ms,
        fire: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#timers.add(timer);
      this.#watch();
    });
  };

  /** Time stands still while the work goes on, however many turns of the event loop it takes. */
  busy = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#activity += 1;
      this.#watch();
    }
  };

  /** As {@link sleep}, for something inside of {@link busy} that waits itself. */
  sleepInside = async (ms: number, signal?: AbortSignal): Promise<void> => {
    this.#busy -= 1;
    try {
      await this.sleep(ms, signal);
    } finally {
      this.#busy += 1;
    }
  };

  #watch(): void {
    this.#activity += 1;
    if (this.#watching) return;
    this.#watching = true;
    let seen = this.#activity;
    let quiet = 0;
    const turn = () => {
      quiet = seen === this.#activity && this.#busy === 0 ? quiet + 1 : 0;
      seen = this.#activity;
      if (quiet >= quietTurns) {
        this.#fireEarliest();
        quiet = 0;
      }
      if (this.#timers.size > 0 && this.#busy === 0) setImmediate(turn);
      else this.#watching = false;
    };
    setImmediate(turn);
  }

  #fireEarliest(): void {
    const at = Math.min(...[...this.#timers].map((timer) => timer.at));
    this.#now = Math.max(this.#now, at);
    for (const timer of [...this.#timers].filter((each) => each.at <= at)) {
      this.#timers.delete(timer);
      timer.fire();
    }
  }
}
