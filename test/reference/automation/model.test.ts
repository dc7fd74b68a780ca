/** Random triggers, messages, switches and time, with kills in the middle of the work, against a model that knows none of the code. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { start } from "../caller.ts";
import { KilledReference } from "./killed.ts";
import { type ModelTrigger, type Operation, replay, type Word } from "./model.ts";

const word = fc.constantFrom<Word[]>("order", "refund", "hello");
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
const who = fc.nat({ max: 2 });

const triggers: fc.Arbitrary<ModelTrigger[]> = fc
  .array(
    fc.record({
      on: fc.constantFrom<("inbound" | "outbound" | "any")[]>("inbound", "outbound", "any"),
      word: fc.option(word),
      tag: fc.option(fc.constantFrom("a", "b")),
      assign: fc.option(fc.constantFrom("Omar Nasser", "Layla Haddad")),
      replies: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map((trigger, index) => ({
      ...trigger,
      name: `T${index}`,
      tag: trigger.assign === null && !trigger.replies ? (trigger.tag ?? "c") : trigger.tag,
    })),
  );

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ what: fc.constantFrom("write", "api", "console"), who, words }) as fc.Arbitrary<Operation>,
  },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant("pass" as const), ms: fc.constantFrom(0, 1, 700, 2500, 9000, 1_800_000) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("toggle" as const), index: fc.nat({ max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("carrier" as const),
      mode: fc.constantFrom<("off" | "delivers" | "fails")[]>("delivers", "fails", "off"),
    }),
  },
);

const steps = fc.array(fc.record({ operation, killedAfter: fc.option(fc.nat({ max: 12 }), { freq: 3 }) }), {
  minLength: 1,
  maxLength: 25,
});

const ways = ["sent", "sent delivered", "sent delivered read", "sent failed"];

test("every effect happens once or, with the message that a kill cut short, not at all; statuses only go on", async () => {
  const seen = { cutShort: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(triggers, steps, async (given, all) => {
      const killed = new KilledReference();
      await killed.setUp(given);
      const done: Operation[] = [{ what: "carrier", mode: "delivers" }];
      for (const operation of done) await killed.apply(operation);
      for (const step of all) {
        if (step.killedAfter === null) {
          await killed.apply(step.operation);
          done.push(step.operation);
        } else {
          await killed.applyAndDie(step.operation, step.killedAfter);
          const observed = killed.observe();
          const whole = replay(given, start, [...done, step.operation]);
          // Time has passed whether or not anybody was there to see it.
          const isCutShort = step.operation.what !== "pass" && JSON.stringify(observed) !== JSON.stringify(whole);
          seen[isCutShort ? "cutShort" : "kept"] += 1;
          if (!isCutShort) done.push(step.operation);
          expect(observed).toEqual(replay(given, start, done));
        }
      }
      expect(killed.observe()).toEqual(replay(given, start, done));
      expect(
        killed
          .readStatuses()
          .map((statuses) => statuses.join(" "))
          .filter((way) => !ways.includes(way)),
      ).toEqual([]);
      await killed.reference.close();
    }),
    { numRuns: 20, seed: 15 },
  );
  // Both happened, or nothing was tried.
  expect(Math.min(seen.cutShort, seen.kept)).toBeGreaterThan(20);
});
