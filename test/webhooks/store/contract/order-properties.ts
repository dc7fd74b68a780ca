/** Laws of the order in which events are given out. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { drain, ids, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeOrderProperties(name: string, open: OpenEmptyStore): void {
  describe(`${name}: the order of events`, () => {
    test("property: every event is given out once, in order within its key, whatever fails in between", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 25 }),
          fc.array(fc.constantFrom("done", "retry"), { minLength: 1, maxLength: 10 }),
          async (keys, outcomes) => {
            await using at = await openFresh(open);
            const all = keys.map((key, index) => ({ key, id: `evt_${index}` }));
            await Promise.all(all.map(({ key, id }) => at.store.accept(toIncoming(messageEvent(id, key)))));
            const order: { id: string; key: string }[] = [];
            for (let step = 0; order.length < all.length && step < 1000; step++) {
              for (const taken of await at.store.take(2)) {
                // Some retries, then none, so that it ends.
                if (step < 20 && outcomes[step % outcomes.length] === "retry") {
                  await at.store.retry(taken, { afterMs: 10, error: "no", refused: true });
                } else {
                  await at.store.done(taken);
                  order.push(taken);
                }
              }
              at.clock.time += 5;
            }
            for (const key of ["a", "b", "c"]) {
              const of = (list: readonly { id: string; key: string }[]) => ids(list.filter((each) => each.key === key));
              expect(of(order)).toEqual(of(all));
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    test("property: what arrives within the hold-back of each other is given out in the order of creation", async () => {
      const holdBackMs = 1000;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ arrives: fc.integer({ min: 0, max: 4000 }), createdMs: fc.nat({ max: 10_000 }) }), {
            maxLength: 12,
          }),
          async (plan) => {
            await using at = await openFresh(open, { holdBackMs });
            const arrivals = plan.map((each, index) => ({ ...each, id: `evt_${String(index).padStart(3, "0")}` }));
            arrivals.sort((one, other) => one.arrives - other.arrives);
            const order: string[] = [];
            for (let now = 0; now <= 4000 + holdBackMs * (plan.length + 1); now += 250) {
              for (const { id, createdMs } of arrivals.filter(({ arrives }) => arrives > now - 250 && arrives <= now)) {
                await at.store.accept(toIncoming(messageEvent(id, "a", createdMs)));
              }
              order.push(...(await drain(at.store)));
              at.clock.time += 250;
            }
            expect([...order].sort()).toEqual(arrivals.map(({ id }) => id).sort());
            const slot = (ms: number) => Math.ceil(ms / 250) * 250;
            for (const one of arrivals) {
              for (const other of arrivals) {
                const close = Math.abs(slot(one.arrives) - slot(other.arrives)) < holdBackMs;
                if (close && one.createdMs < other.createdMs)
                  expect(order.indexOf(one.id)).toBeLessThan(order.indexOf(other.id));
              }
            }
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
