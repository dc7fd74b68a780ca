/**
 * The law of sends in a world that is not ours: an independent model of OnSync, virtual time and a judge that knows the
 * truth. What fails here can be looked at with `npm run torture:sends -- --replay SEED`.
 */
import { describe, expect, test } from "@jest/globals";
import { createRealClient } from "../../testing/hostile/client.ts";
import { doubtful, workTimes } from "../../testing/hostile/faults/doubtful.ts";
import { type Fault, undisturbed } from "../../testing/hostile/faults/fault.ts";
import { proofs } from "../../testing/hostile/faults/proofs.ts";
import { drawPlan, type Limits } from "../../testing/hostile/plan/draw.ts";
import { hour, minute, type Plan } from "../../testing/hostile/plan/plan.ts";
import { answerBehaviours } from "../../testing/hostile/promises/answers.ts";
import { lateWorkLaws, restartLaws } from "../../testing/hostile/promises/replays.ts";
import { serverBehaviours } from "../../testing/hostile/promises/servers.ts";
import { run } from "../../testing/hostile/run.ts";
import { conforming } from "../../testing/hostile/server/behaviour.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";

function inWords(seed: number, { violations }: Awaited<ReturnType<typeof run>>) {
  return violations.map(({ kind, text }) => `seed ${seed}: ${kind}: ${text}`);
}

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

const lostAfterWork = doubtful.find(({ name }) => name === "reset after the work") as Fault;

function seeds(count: number) {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe("the law of sends", () => {
  test.each([1, 2, 3, 4, 5, 6])("holds over hundreds of sends of every kind (%i of 6)", async (part) => {
    const violations: string[] = [];
    let sends = 0;
    for (let seed = part * 100_000; sends < chooseRuns(500); seed += 1) {
      const result = await run(drawPlan(seed), createRealClient);
      sends += result.calls.length;
      violations.push(...inWords(seed, result));
    }
    expect(violations).toEqual([]);
  });

  test.each(serverBehaviours)("does what the table promises: $name", async (behaviour) => {
    const done = doubtful.filter(({ workMs, plain }) => plain && workMs === 0);
    const undone = doubtful.filter(({ workMs, plain }) => plain && workMs === null);
    /** How sends end that lose their answer to each of these faults, in a new conversation or in one that is known. */
    const ends = async (faults: readonly Fault[], known: boolean, reference: boolean) => {
      const outcomes = new Set<string>();
      for (const seed of seeds(16)) {
        const shape = known ? "a conversation that is known" : "single";
        const limits: Limits = {
          behaviour: behaviour.name,
          arrangement: "one process",
          shape,
          reference,
          historyFaults: [],
        };
        const fault = faults[seed % faults.length] as Fault;
        const plan = drawPlan(seed, { ...limits, sendFaults: known ? [undisturbed, fault] : [fault] });
        const result = await run({ ...plan, processes: [{}], jumps: [] }, createRealClient);
        expect(inWords(seed, result)).toEqual([]);
        outcomes.add(result.calls.at(-1)?.said.kind ?? "none");
      }
      return [...outcomes].sort();
    };
    const { firstLost, laterLost, withReference } = behaviour;
    expect(await ends(done, false, false)).toEqual(firstLost);
    expect(await ends(done, true, false)).toEqual(laterLost);
    expect(await ends(undone, false, false)).toEqual(["unknown"]);
    const referenced = await ends(done, false, true);
    for (const outcome of referenced) expect(withReference ?? firstLost).toContain(outcome);
  });

  test.each(answerBehaviours)("does what the table promises: $name", async ({ name, allowed }) => {
    const faults = [...proofs, ...doubtful].filter(
      (fault) => fault.name === name || workTimes.some((time) => fault.name === `${name} ${time}`),
    );
    const { outcomes, violations } = await outcomesOf(seeds(faults.length * 2), (seed) => ({
      behaviour: "conforming",
      arrangement: "one process",
      shape: "single",
      sendFaults: Array.from({ length: seed > faults.length ? 6 : 1 }, () => faults[seed % faults.length] as Fault),
      historyFaults: [],
    }));
    expect(violations).toEqual([]);
    for (const outcome of outcomes) expect(allowed).toContain(outcome);
  });
});

describe("work that is done late", () => {
  test.each(lateWorkLaws)("is promised what the table says: $name", async ({ mayDouble, workMs }) => {
    let doubled = 0;
    for (const seed of seeds(20)) {
      const plan = drawPlan(seed, {
        behaviour: "pages of 50 at most",
        arrangement: "one process",
        historyFaults: [],
        reference: true,
      });
      const stages = [0, 6 * minute].map((waitMs) => ({ waitMs, calls: [{ intent: 0, process: 0, startMs: 0 }] }));
      const whole: Plan = { ...plan, sendFaults: [{ ...lostAfterWork, workMs }], processes: [{}], stages, jumps: [] };
      const { messages } = await run(whole, createRealClient);
      if (messages > 1) doubled += 1;
    }
    expect(doubled > 0).toBe(mayDouble);
  });
});

describe("a process that is cut off, on a shared ledger", () => {
  const answers: Fault[] = [
    undisturbed,
    ...[
      "reset after the work",
      "own 500 with the work done 60 s later",
      "silence before the work, which is never done",
    ].map((name) => doubtful.find((fault) => fault.name === name) as Fault),
  ];
  test.each(["plain", "memory"] as const)("never doubles, at whatever step (%s ledger)", async (ledgerEngine) => {
    const violations: string[] = [];
    for (const [index, fault] of answers.entries())
      for (let step = 1; step <= 10; step += 1)
        for (const when of ["before", "after"] as const)
          for (const waitMs of [0, 6 * minute]) {
            const seed = 1_000 * index + 10 * step + (when === "after" ? 1 : 0) + (waitMs > 0 ? 2 : 0);
            const plan = drawPlan(seed, {
              behaviour: "conforming",
              arrangement: "crash",
              shape: "replay later",
              historyFaults: [],
            });
            const stages = [
              { waitMs: 0, calls: [{ intent: 0, process: 0, startMs: 0 }] },
              { waitMs, calls: [{ intent: 0, process: 1, startMs: 0 }] },
              { waitMs: 2 * hour, calls: [{ intent: 0, process: 1, startMs: 0 }] },
            ];
            const processes = [{ crash: { step, when } }, {}];
            const whole: Plan = { ...plan, sendFaults: [fault], processes, stages, jumps: [], ledgerEngine };
            violations.push(...inWords(seed, await run(whole, createRealClient)));
          }
    expect(violations).toEqual([]);
  });
});

describe("without a shared ledger", () => {
  test.each(restartLaws)("promises what the table says: $name", async ({ mayDouble, server, workMs, waitMs }) => {
    let doubled = 0;
    for (const seed of seeds(20)) {
      const plan: Plan = {
        ...drawPlan(seed, {
          arrangement: "restart without ledger",
          shape: "replay later",
          reference: true,
          historyFaults: [],
        }),
        server: { ...conforming, ...server },
        sendFaults: [{ ...lostAfterWork, workMs }],
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
