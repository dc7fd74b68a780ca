/**
 * The law of sends in a world that is not ours: an independent model of OnSync, virtual time and a judge that knows the
 * truth. What fails here can be looked at with `npm run torture:sends -- --replay SEED`.
 */
import { describe, expect, test } from "@jest/globals";
import { answerBehaviours, type Outcome, restartLaws, serverBehaviours } from "./behaviours.ts";
import { createRealClient } from "./client.ts";
import { doubtful, type Fault, proofs } from "./faults.ts";
import { conforming } from "./onsync-model.ts";
import { run } from "./run.ts";
import { drawPlan, type Limits, type Plan } from "./schedule.ts";

const inWords = (seed: number, { violations }: Awaited<ReturnType<typeof run>>) =>
  violations.map(({ kind, text }) => `seed ${seed}: ${kind}: ${text}`);

/** How the first calls of these runs ended. */
async function outcomesOf(seeds: readonly number[], limits: (seed: number) => Limits) {
  const outcomes = new Set<string>();
  const violations: string[] = [];
  for (const seed of seeds) {
    const result = await run(drawPlan(seed, limits(seed)), createRealClient);
    for (const { said } of result.calls) outcomes.add(said.kind);
    violations.push(...inWords(seed, result));
  }
  return { outcomes: [...outcomes].sort(), violations };
}

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const sorted = (outcomes: readonly Outcome[]) => [...outcomes].sort();

describe("the law of sends", () => {
  test.each([1, 2, 3, 4, 5, 6])("holds over 500 sends of every kind (%i of 6)", async (part) => {
    const violations: string[] = [];
    let sends = 0;
    for (let seed = part * 100_000; sends < 500; seed += 1) {
      const result = await run(drawPlan(seed), createRealClient);
      sends += result.calls.length;
      violations.push(...inWords(seed, result));
    }
    expect(violations).toEqual([]);
  });

  const lost = doubtful.filter(({ workMs, plain }) => plain && (workMs === null || workMs === 0));
  test.each(serverBehaviours)("does what the table promises: $name", async ({ name, allowed }) => {
    const { outcomes, violations } = await outcomesOf(seeds(40), (seed) => ({
      behaviour: name,
      arrangement: "one process",
      shape: seed % 2 === 0 ? "single" : "a conversation that is known",
      reference: false,
      // The first send of a known conversation is undisturbed: it names the conversation.
      posts: seed % 2 === 0 ? [lost[seed % lost.length] as Fault] : [],
      looks: [],
    }));
    expect(violations).toEqual([]);
    for (const outcome of outcomes) expect([...allowed, "sent"]).toContain(outcome);
  });

  test.each(answerBehaviours)("does what the table promises: $name", async ({ name, allowed }) => {
    const faults = [...proofs, ...doubtful].filter((fault) => fault.name === name || fault.name.startsWith(`${name} `));
    const { outcomes, violations } = await outcomesOf(seeds(faults.length * 2), (seed) => ({
      behaviour: "conforming",
      arrangement: "one process",
      shape: "single",
      posts: Array.from({ length: seed > faults.length ? 6 : 1 }, () => faults[seed % faults.length] as Fault),
      looks: [],
    }));
    expect(violations).toEqual([]);
    for (const outcome of outcomes) expect(sorted(allowed)).toContain(outcome);
  });
});

describe("without a shared ledger", () => {
  const lost = doubtful.find(({ name }) => name === "reset after the work") as Fault;
  test.each(restartLaws)("promises what the table says: $name", async ({ mayDouble, server, workMs, waitMs }) => {
    let doubled = 0;
    for (const seed of seeds(20)) {
      const plan: Plan = {
        ...drawPlan(seed, { arrangement: "restart without ledger", shape: "replay later", reference: true, looks: [] }),
        server: { ...conforming, ...server },
        posts: [{ ...lost, workMs }],
        processes: [{ crash: { afterMs: 400 } }, {}],
        stages: [
          { waitMs: 0, calls: [{ intent: 0, process: 0, startMs: 0 }] },
          { waitMs, calls: [{ intent: 0, process: 1, startMs: 0 }] },
        ],
        jumps: [],
      };
      const { messages } = await run(plan, createRealClient);
      if (messages > 1) doubled += 1;
    }
    expect(doubled > 0).toBe(mayDouble);
  });
});
