/** What befalls everything at once: kills, stops, freezes, faults, a clock that jumps, a Redis that dies. */
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../hostile/random.ts";
import type { ControlClient } from "../traffic/control.ts";
import type { Slot } from "./slot.ts";

export type Troubled = {
  /** May be killed. One of each kind is not among them: it lives on, and what it holds is measured. */
  mortal: readonly Slot[];
  everyone: readonly Slot[];
  api: Slot;
  control: ControlClient;
  random: Random;
  setFaultShare(share: number): void;
  restartRedis(): Promise<void>;
};

export type Counts = Record<
  "kills" | "stops" | "freezes" | "redisKills" | "clockJumps" | "apiKills" | "faults",
  number
>;

const maxFreezeMs = 4_000;
const maxJumpMs = 10 * 60_000;
const redisPauseMs = 20_000;
/** How long what needs Redis may end over its absence when it has just been started. */
const redisExcuseMs = 20_000;

const apiFaults = [
  { kind: "reset" },
  { kind: "truncate" },
  { kind: "malformed" },
  { kind: "drop_response" },
  { status: 500 },
  { status: 503 },
  { status: 500, after: true },
  { status: 502, body: "<html>Bad gateway</html>" },
  { status: 429, headers: { "retry-after": "1" } },
  { latencyMs: 800 },
] as const;
const paths = ["/v1/messaging/send", "/v1/conversations/*/messages", "/v1/contacts", "/v1/me"];

export class Troubles {
  readonly counts: Counts = { kills: 0, stops: 0, freezes: 0, redisKills: 0, clockJumps: 0, apiKills: 0, faults: 0 };
  readonly #on: Troubled;
  #redisAt = 0;

  constructor(on: Troubled) {
    this.#on = on;
  }

  /** One thing after the other. @param share how much of the time is over: the API is left alone in the second half */
  async run(isOver: () => boolean, share: () => number): Promise<void> {
    while (!isOver()) {
      await delay(200 + this.#on.random.next() * 2_200);
      if (!isOver()) await this.#trouble(share());
    }
  }

  async #trouble(share: number): Promise<void> {
    const { random, mortal, everyone } = this.#on;
    const draw = random.next();
    if (draw < 0.22) this.#end(random.pick(mortal), "SIGKILL");
    else if (draw < 0.32) this.#end(random.pick(mortal), "SIGTERM");
    else if (draw < 0.5) await this.#freeze(random.pick(everyone));
    else if (draw < 0.6 && share < 0.5) this.#endApi();
    else if (draw < 0.68) await this.#killRedis();
    else if (draw < 0.8) await this.#jump();
    else await this.#breakApi();
  }

  #end(slot: Slot, signal: "SIGKILL" | "SIGTERM"): void {
    this.counts[signal === "SIGKILL" ? "kills" : "stops"] += 1;
    slot.end(signal);
  }

  #endApi(): void {
    this.counts.apiKills += 1;
    this.#on.api.end(this.#on.random.chance(0.7) ? "SIGKILL" : "SIGTERM");
  }

  async #freeze(slot: Slot): Promise<void> {
    this.counts.freezes += 1;
    slot.freeze();
    await delay(this.#on.random.next() * maxFreezeMs);
    slot.goOn();
  }

  async #killRedis(): Promise<void> {
    if (performance.now() - this.#redisAt < redisPauseMs) return;
    this.#redisAt = performance.now();
    this.counts.redisKills += 1;
    for (const slot of this.#on.everyone) slot.excuseUntil = performance.now() + redisExcuseMs;
    await this.#on.restartRedis();
  }

  async #jump(): Promise<void> {
    this.counts.clockJumps += 1;
    await this.#on.control.ask("POST", "/clock", { advanceMs: this.#on.random.whole(1_000, maxJumpMs) });
  }

  async #breakApi(): Promise<void> {
    const { random, control, setFaultShare } = this.#on;
    this.counts.faults += 1;
    setFaultShare(random.pick([0, 0.03, 0.08, 0.15]));
    if (random.chance(0.3)) await control.ask("DELETE", "/faults");
    else {
      const fault = {
        ...random.pick(apiFaults),
        path: random.pick(paths),
        probability: 0.2,
        times: random.whole(1, 20),
      };
      await control.ask("POST", "/faults", fault);
    }
    if (random.chance(0.3))
      await control.ask("PUT", "/behaviour", {
        historyLagMs: random.pick([0, 300, 1_500]),
        maxPage: random.pick([20, 50, 100]),
      });
  }

  /** Everything runs again, and answers as it should. */
  async end(): Promise<void> {
    const { everyone, control, setFaultShare } = this.#on;
    setFaultShare(0);
    for (const slot of everyone) if (slot.isFrozen) slot.goOn();
    for (let tries = 0; tries < 100; tries++) {
      const [faults, behaviour] = [await control.ask("DELETE", "/faults"), await control.ask("DELETE", "/behaviour")];
      if (faults && behaviour) return;
      await delay(500);
    }
    throw new Error("the API does not take its faults back");
  }
}
