/** Three workers and an engine that come to harm, one thing after the other, until each org's import is done. */
import { setTimeout as delay } from "node:timers/promises";
import type { DoneLine } from "./judge.ts";
import type { Engine, Running, WorkersWorld } from "./workers.ts";

const workers = 3;
/** A campaign takes minutes; one that takes this long does not come to its end. */
const maxCampaignMs = 15 * 60 * 1000;

/** The last line of an org's import, and its file of refused rows. */
export type OrgDone = DoneLine & { errors: string | null };

export class WorkersCampaign {
  readonly #engine: Engine;
  readonly #world: WorkersWorld;
  readonly #running: Running[] = [];
  readonly counts = { kills: 0, stops: 0, restarts: 0 };
  /** Imports that ended otherwise than they may. */
  readonly violations: string[] = [];
  /** What was done to them, and when. */
  readonly timeline: { at: number; what: string }[] = [];
  readonly #random: () => number;
  #left: number;
  #isOver = false;

  constructor(engine: Engine, world: WorkersWorld, left: number, random: () => number) {
    this.#random = random;
    this.#engine = engine;
    this.#world = world;
    this.#left = left;
  }

  /** @returns the last line of each org's import */
  async run(): Promise<Map<string, OrgDone>> {
    for (let number = 0; number < workers; number++) this.#running.push(this.#world.startWorker());
    const troubles = this.#trouble();
    const done = new Map<string, OrgDone>();
    const until = Date.now() + maxCampaignMs;
    while (done.size < this.#world.orgs.length) {
      if (Date.now() > until) throw new Error(`not done: ${done.size} of ${this.#world.orgs.length}`);
      const { output } = await this.#world.ask((org) => !done.has(org)).ended;
      for (const event of readEvents(output)) {
        if (event.done === true) done.set(event.org, event);
        // Away for a moment is what is tried here; anything else is not.
        else if (
          event.failed === true &&
          !/\b(Redis|Postgres|connect|ECONN|terminat|closed|recovery|starting up|offline)/i.test(event.error)
        )
          this.violations.push(`${event.org} failed: ${event.error}`);
      }
    }
    this.#isOver = true;
    await troubles;
    for (const { child } of this.#running) child.kill("SIGTERM");
    for (const { child, ended } of this.#running) {
      const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
      await ended;
      clearTimeout(late);
    }
    return done;
  }

  /** One thing after the other, while there are imports that are not done. */
  async #trouble(): Promise<void> {
    while (!this.#isOver && this.#left > 0) {
      await delay(500 + this.#random() * 4_000);
      const place = Math.floor(this.#random() * workers);
      const chosen = this.#running[place] as Running;
      const kind = this.#random();
      if (chosen.child.exitCode !== null) this.#running[place] = this.#world.startWorker();
      else if (kind < 0.55) await this.#kill(place, chosen);
      else if (kind < 0.9) await this.#stop(chosen);
      else await this.#restart();
    }
    // Whatever could not start while the engine was away.
    while (!this.#isOver) {
      await delay(1_000);
      for (const [place, { child }] of this.#running.entries())
        if (child.exitCode !== null) this.#running[place] = this.#world.startWorker();
    }
  }

  #note(what: string): void {
    this.timeline.push({ at: performance.now(), what });
  }

  async #kill(place: number, { child, ended }: Running): Promise<void> {
    this.#left -= 1;
    this.counts.kills += 1;
    this.#note(`kill ${place}`);
    child.kill("SIGKILL");
    await ended;
    this.#running[place] = this.#world.startWorker();
  }

  async #stop({ child }: Running): Promise<void> {
    this.#left -= 1;
    this.counts.stops += 1;
    this.#note("stop");
    child.kill("SIGSTOP");
    // Sometimes longer than its imports wait for it.
    await delay(this.#random() * 22_000);
    child.kill("SIGCONT");
    this.#note("go on");
  }

  async #restart(): Promise<void> {
    this.counts.restarts += 1;
    this.#note("engine down");
    await this.#engine.restart();
    this.#note("engine up");
  }
}

type Event = OrgDone & { org: string; done?: true; failed?: true; error: string };

function readEvents(output: string): Event[] {
  return output.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Event] : []));
}
