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
) as fc.Arbitrary<{ what: string; [name: string]: unknown }>;

type Held = { store: EventStore; receiver: number; taken: ClaimedEvent };

function pick<Item>(items: Item[], which: unknown): Item | undefined {
  return items.length === 0 ? undefined : items.splice((which as number) % items.length, 1)[0];
}

/** @returns what broke */
async function play(engine: Engine, schedule: readonly { what: string; [name: string]: unknown }[]): Promise<string[]> {
  const clock = createManualClock();
  const consumers = [createSequenceConsumer(), createDeliveryConsumer()];
  const acknowledged = new Map<string, string>();
  const order: { id: string; held: boolean }[] = [];
  const [replayed, buried] = [new Set<string>(), new Set<string>()];
  const open = (hold: boolean) => engine.open({ clock, holdBackMs: hold ? holdBackMs : 0 });
  // One setting for all: receivers that share a store are started alike.
  let hold = false;
  const stores = await Promise.all(Array.from({ length: engine.receivers }, () => open(hold)));
  let held: Held[] = [];
  const stragglers: ClaimedEvent[] = [];

  const arrive = ({ id, key, sequence }: ClaimedEvent): void => {
    for (const consumer of consumers) consumer.take({ id, key, sequence });
  };
  const take = async (receiver: number, limit: number): Promise<void> => {
    const store = stores[receiver] as EventStore;
    for (const taken of await store.take(limit)) held.push({ store, receiver, taken });
  };
  const end = async ({ store, taken }: Held, how: unknown): Promise<void> => {
    if (["done", "answer lost", "processed and buried", "crash"].includes(how as string)) arrive(taken);
    if (how === "done") await store.done(taken);
    if (how === "answer lost") await store.retry(taken, { afterMs: 700, error: "reset", refused: false });
    if (how === "refused") await store.retry(taken, { afterMs: 700, error: "500", refused: true });
    if (how === "freeze") stragglers.push(taken);
    if ((how === "buried" || how === "processed and buried") && (await store.bury(taken, "no"))) buried.add(taken.id);
  };
  const reopen = async (): Promise<void> => {
    // What they had under way may still arrive, at any time.
    stragglers.push(...held.map(({ taken }) => taken));
    held = [];
    await Promise.all(stores.map((store) => store.close()));
    for (const index of stores.keys()) stores[index] = await open(hold);
  };
  const replay = async (ids: readonly string[]): Promise<void> => {
    for (const id of await (stores[0] as EventStore).replay(ids)) replayed.add(id);
  };
  const drain = async (): Promise<void> => {
    for (let turns = 0; (await (stores[0] as EventStore).stats()).waiting > 0; turns++) {
      if (turns > 500) throw new Error("something waits for ever");
      clock.time += 500;
      await take(turns % stores.length, 3);
      for (const each of held.splice(0)) await end(each, "done");
    }
  };

  for (const step of schedule) {
    if (step.what === "accept") {
      const [id, key] = [`evt_${order.length}`, `key${step.key}`];
      await (stores[order.length % stores.length] as EventStore).accept(
        toIncoming(messageEvent(id, key, step.created as number)),
      );
      acknowledged.set(id, key);
      order.push({ id, held: hold });
    }
    if (step.what === "take") await take((step.by as number) % stores.length, step.limit as number);
    if (step.what === "end") {
      const each = pick(held, step.which);
      if (each) await end(each, step.how);
    }
    if (step.what === "straggle") {
      const taken = pick(stragglers, step.which);
      if (taken) arrive(taken);
    }
    if (step.what === "pass") clock.time += step.ms as number;
    if (step.what === "jump" && engine.clockJumps) {
      await Promise.all(stores.map((store) => store.close()));
      stragglers.push(...held.splice(0).map(({ taken }) => taken));
      clock.time += step.ms as number;
      for (const index of stores.keys()) stores[index] = await open(hold);
    }
    if (step.what === "reopen") {
      hold = step.hold as boolean;
      await reopen();
    }
    const some = order[(step.which as number) % Math.max(1, order.length)];
    if (step.what === "replay" && some) await replay([some.id]);
  }
  await reopen();
  clock.time += engine.leaseMs;
  await drain();
  await replay([...buried]);
  await drain();
  for (const taken of stragglers) arrive(taken);
  const states = (await (stores[0] as EventStore).list({ limit: 1000 })).map(({ state }) => state);
  await Promise.all(stores.map((store) => store.close()));

  const at = new Map(order.map(({ id }, index) => [id, index]));
  const promised: Promised = {
    acknowledged,
    replayed,
    buried,
    // Without a hold-back, what was acknowledged before comes before, whenever there was one.
    isBefore: (one, other) => {
      const [first, second] = [at.get(one) as number, at.get(other) as number];
      return first < second && !order[second]?.held;
    },
  };
  return [
    ...consumers.flatMap(({ processed }) => findBroken(processed, promised)),
    ...states.filter((state) => state !== "done").map((state) => `something is ${state} at the end`),
  ];
}

/** @param engine new data for each schedule */
export function testSchedules(engine: () => Engine, numRuns: number): void {
  test("property: whatever happens in whatever order, a consumer that follows the documentation loses nothing and sees one order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 60, size: "max" }), async (schedule) => {
        expect(await play(engine(), schedule)).toEqual([]);
      }),
      { numRuns, endOnFailure: true },
    );
  }, 60_000);
}
