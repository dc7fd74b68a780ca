/**
 * Random schedules of everything that may befall a store: answers that are lost, refusals, dead letters, replays, crashes,
 * receivers that freeze and wake, a hold-back switched on and off, clocks that jump. Whatever the order, a consumer that
 * follows the documentation loses nothing, has nothing twice that nobody replayed, and sees one order.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ClaimedEvent, EventStore, StoreOptions } from "../../src/webhooks/store/store.ts";
import { createManualClock, type ManualClock, messageEvent, toIncoming } from "../../testing/events.ts";
import {
  createDeliveryConsumer,
  createSequenceConsumer,
  findBroken,
  type Promised,
} from "../../testing/hostile/consumer.ts";

export type Engine = {
  /** Opens the same data again. */
  open(options: StoreOptions & { clock: ManualClock }): Promise<EventStore>;
  /** How many receivers share it. */
  receivers: number;
  /** Milliseconds after which nobody has anything any more that a frozen receiver holds. */
  leaseMs: number;
  /** Whether the clock may be set back while it is open: each process has its own. */
  clockJumps: boolean;
};

const holdBackMs = 1000;
const endings = ["done", "answer lost", "refused", "buried", "processed and buried", "crash", "freeze"] as const;
type Step = { what: string; [name: string]: unknown };

const steps = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant("accept"), key: fc.nat(1), created: fc.nat(3000) }) },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant("take"), by: fc.nat(1), limit: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("end"), which: fc.nat(9), how: fc.constantFrom(...endings) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("straggle"), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("pass"), ms: fc.nat(2500) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("jump"), ms: fc.integer({ min: -3_600_000, max: 3_600_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("reopen"), by: fc.nat(1), hold: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("replay"), which: fc.nat(9) }) },
) as fc.Arbitrary<Step>;

type Held = { store: EventStore; receiver: number; taken: ClaimedEvent };

function pick<Item>(items: Item[], which: unknown): Item | undefined {
  return items.length === 0 ? undefined : items.splice((which as number) % items.length, 1)[0];
}

/** One schedule on one engine, with two consumers that do as the documentation says. */
class ScheduleRun {
  readonly #engine: Engine;
  readonly #clock = createManualClock();
  readonly #consumers = [createSequenceConsumer(), createDeliveryConsumer()];
  readonly #acknowledged = new Map<string, string>();
  readonly #order: { id: string; held: boolean }[] = [];
  readonly #replayed = new Set<string>();
  readonly #buried = new Set<string>();
  /** Hand-ons that may still arrive, at any time. */
  readonly #stragglers: ClaimedEvent[] = [];
  #stores: EventStore[] = [];
  #held: Held[] = [];
  /** One setting for all: receivers that share a store are started alike. */
  #holdsBack = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @returns what broke */
  async play(schedule: readonly Step[]): Promise<string[]> {
    this.#stores = await Promise.all(Array.from({ length: this.#engine.receivers }, () => this.#open()));
    for (const step of schedule) await this.#perform(step);
    await this.#reopen();
    this.#clock.time += this.#engine.leaseMs;
    await this.#drain();
    await this.#replay([...this.#buried]);
    await this.#drain();
    for (const event of this.#stragglers) this.#arrive(event);
    const states = (await this.#first.list({ limit: 1000 })).map(({ state }) => state);
    await Promise.all(this.#stores.map((store) => store.close()));
    return [
      ...this.#consumers.flatMap(({ processed }) => findBroken(processed, this.#promised)),
      ...states.filter((state) => state !== "done").map((state) => `something is ${state} at the end`),
    ];
  }

  get #first(): EventStore {
    return this.#stores[0] as EventStore;
  }

  get #promised(): Promised {
    const at = new Map(this.#order.map(({ id }, index) => [id, index]));
    return {
      acknowledged: this.#acknowledged,
      replayed: this.#replayed,
      buried: this.#buried,
      // Without a hold-back, what was acknowledged before comes before, whenever there was one.
      isBefore: (one, other) => {
        const [first, second] = [at.get(one) as number, at.get(other) as number];
        return first < second && !this.#order[second]?.held;
      },
    };
  }

  async #perform(step: Step): Promise<void> {
    if (step.what === "accept") await this.#accept(`key${step.key}`, step.created as number);
    if (step.what === "take") await this.#take((step.by as number) % this.#stores.length, step.limit as number);
    if (step.what === "end") {
      const held = pick(this.#held, step.which);
      if (held) await this.#end(held, step.how);
    }
    if (step.what === "straggle") {
      const event = pick(this.#stragglers, step.which);
      if (event) this.#arrive(event);
    }
    if (step.what === "pass") this.#clock.time += step.ms as number;
    if (step.what === "jump" && this.#engine.clockJumps) await this.#reopen(step.ms as number);
    if (step.what === "reopen") {
      this.#holdsBack = step.hold as boolean;
      await this.#reopen();
    }
    const some = this.#order[(step.which as number) % Math.max(1, this.#order.length)];
    if (step.what === "replay" && some) await this.#replay([some.id]);
  }

  #open(): Promise<EventStore> {
    return Promise.resolve(this.#engine.open({ clock: this.#clock, holdBackMs: this.#holdsBack ? holdBackMs : 0 }));
  }

  #arrive({ id, key, sequence }: ClaimedEvent): void {
    for (const consumer of this.#consumers) consumer.take({ id, key, sequence });
  }

  async #accept(key: string, created: number): Promise<void> {
    const count = this.#order.length;
    const id = `evt_${count}`;
    const store = this.#stores[count % this.#stores.length] as EventStore;
    await store.accept(toIncoming(messageEvent(id, key, created)));
    this.#acknowledged.set(id, key);
    this.#order.push({ id, held: this.#holdsBack });
  }

  async #take(receiver: number, limit: number): Promise<void> {
    const store = this.#stores[receiver] as EventStore;
    for (const taken of await store.take(limit)) this.#held.push({ store, receiver, taken });
  }

  async #end({ store, taken }: Held, how: unknown): Promise<void> {
    if (["done", "answer lost", "processed and buried", "crash"].includes(how as string)) this.#arrive(taken);
    if (how === "done") await store.done(taken);
    if (how === "answer lost") await store.retry(taken, { afterMs: 700, error: "reset", refused: false });
    if (how === "refused") await store.retry(taken, { afterMs: 700, error: "500", refused: true });
    if (how === "freeze") this.#stragglers.push(taken);
    if ((how === "buried" || how === "processed and buried") && (await store.bury(taken, "no")))
      this.#buried.add(taken.id);
  }

  /** @param jumpMs how the clock is set while nobody looks */
  async #reopen(jumpMs = 0): Promise<void> {
    this.#stragglers.push(...this.#held.splice(0).map(({ taken }) => taken));
    await Promise.all(this.#stores.map((store) => store.close()));
    this.#clock.time += jumpMs;
    for (const index of this.#stores.keys()) this.#stores[index] = await this.#open();
  }

  async #replay(ids: readonly string[]): Promise<void> {
    for (const id of await this.#first.replay(ids)) this.#replayed.add(id);
  }

  async #drain(): Promise<void> {
    for (let turns = 0; (await this.#first.stats()).waiting > 0; turns++) {
      if (turns > 500) throw new Error("something waits for ever");
      this.#clock.time += 500;
      await this.#take(turns % this.#stores.length, 3);
      for (const held of this.#held.splice(0)) await this.#end(held, "done");
    }
  }
}

/** @param engine new data for each schedule */
export function testSchedules(engine: () => Engine, numRuns: number): void {
  test("property: whatever happens in whatever order, a consumer that follows the documentation loses nothing and sees one order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 60, size: "max" }), async (schedule) => {
        expect(await new ScheduleRun(engine()).play(schedule)).toEqual([]);
      }),
      { numRuns, endOnFailure: true },
    );
  }, 60_000);
}
