/** One run of a step on the simulated platform: whose it is, what it meets on its way, and when it is cut off. */
import type { CacheCaller } from "./cache.ts";

/** What becomes of a request to OnSync. Times are milliseconds of the platform's clock. */
export type ApiFault =
  /** The connection breaks: before anything was done, after it, or so long before it. */
  | { kind: "reset"; work: WorkDone }
  /** An error page of something in front of OnSync. */
  | { kind: "gateway"; status: number; work: WorkDone }
  /** OnSync's own 500 or 503. */
  | { kind: "own"; status: 500 | 503; work: WorkDone }
  /** OnSync's own 429: nothing was done. */
  | { kind: "throttled"; retryAfterSeconds: number }
  /** The answer breaks off in the middle; the work is done. */
  | { kind: "truncated" }
  /** This is the answer, and nothing is done: of a server that means something else. */
  | { kind: "other answer"; status: number; body: object }
  /** The work is done, the answer comes so much later. */
  | { kind: "slow"; ms: number };
/** Whether the work is done: never, before the answer is lost, or so many milliseconds after that. */
export type WorkDone = "never" | "before" | number;

/** What becomes of a call of the cache. `fail after`: it is done, and its answer is an error. */
export type CacheFault = { kind: "hang" } | { kind: "fail" } | { kind: "fail after" } | { kind: "slow"; ms: number };

/**
 * Where a run is cut off. `before`: the request has come and is not worked on; `after`: it has been answered. What it asks
 * for from then on has no effect.
 */
export type KillPoint =
  | { at: "request" | "cache"; count: number; when: "before" | "after" }
  | { at: "time"; ms: number };

/** What a run meets. The numbers count its requests, or its calls of the cache, from 1. */
export type Trouble = {
  api?: (count: number, request: { method: string; path: string }) => ApiFault | null;
  cache?: (count: number, call: { method: string; key: string }) => CacheFault | null;
  kill?: KillPoint;
  /** How much of the step's time is over before the app has it, in milliseconds. */
  startMs?: number;
};

/** A request that a run made to OnSync. */
export type MadeRequest = {
  run: string;
  /** The API key that it carried. */
  key: string;
  /** When it came, by the platform's clock. */
  at: number;
  method: string;
  path: string;
  body: string;
  /** What OnSync answered, where it was asked at all. */
  status: number | null;
  /** The message that OnSync made for it. */
  messageId: string | null;
  fault: ApiFault["kind"] | null;
};

export class Run {
  readonly token: string;
  readonly caller: CacheCaller;
  readonly storeKey: string;
  readonly trouble: Trouble;
  requests = 0;
  cacheCalls = 0;
  #kill: (() => void) | null = null;
  #isKilled = false;
  #hasMoreToDo = false;
  #lastWork: "request" | "cache" | null = null;

  constructor(token: string, caller: CacheCaller, storeKey: string, trouble: Trouble = {}) {
    this.token = token;
    this.caller = caller;
    this.storeKey = storeKey;
    this.trouble = trouble;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** @param kill ends the process at once */
  onKill(kill: () => void): void {
    this.#kill = kill;
  }

  /**
   * Whether it was cut off, by nothing that it could see coming, when all it had left to do was to answer: its last call,
   * one of the cache, was done. An app whose send comes last has left itself no note, and is not meant.
   */
  get wasDone(): boolean {
    return this.#isKilled && !this.#hasMoreToDo && this.#lastWork === "cache";
  }

  /** Ends the process at its next call at the latest: whether there is one shows whether it was done. */
  cutOff(): void {
    this.#isKilled = true;
  }

  /** Ends the process at once, with what it still had to do. */
  kill(): void {
    this.#isKilled = true;
    this.#hasMoreToDo = true;
    this.#kill?.();
  }

  /** A call has come. @returns whether it is worked on; else the run is over */
  begin(at: "request" | "cache"): boolean {
    if (at === "request") this.requests += 1;
    else this.cacheCalls += 1;
    if (!this.#isKilled && !this.#isWhere(at, "before")) return true;
    this.kill();
    return false;
  }

  /** The call was worked on, and is to be answered. */
  finish(at: "request" | "cache"): void {
    this.#lastWork = at;
    if (this.#isWhere(at, "after")) this.cutOff();
  }

  #isWhere(at: "request" | "cache", when: "before" | "after"): boolean {
    const { kill } = this.trouble;
    const count = at === "request" ? this.requests : this.cacheCalls;
    return kill?.at === at && kill.when === when && kill.count === count;
  }
}
