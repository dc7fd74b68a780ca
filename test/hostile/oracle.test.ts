/** The judge is judged: an honest client passes, and every mistake that was ever made is caught. */
import { describe, expect, test } from "@jest/globals";
import type { ViolationKind } from "../../testing/hostile/oracle/truth.ts";
import { drawPlan, type Limits } from "../../testing/hostile/plan/draw.ts";
import { run } from "../../testing/hostile/run.ts";
import { createSimpleClient, type Mistake } from "./wrong-clients.ts";

async function kindsOf(mistake: Mistake | null, limits: Limits, runs = 250): Promise<Set<ViolationKind>> {
  const kinds = new Set<ViolationKind>();
  for (let seed = 1; seed <= runs; seed += 1) {
    const { violations } = await run(drawPlan(seed, limits), createSimpleClient(mistake));
    for (const { kind } of violations) kinds.add(kind);
  }
  return kinds;
}

const alone: Limits = { arrangement: "one process", shape: "single" };

describe("the judge of sends", () => {
  test.each<Limits>([
    { ...alone, reference: false },
    { ...alone, reference: true },
    { arrangement: "one process", shape: "at once", reference: true },
    { arrangement: "one process", shape: "other message at once", reference: true },
  ])("finds no fault with an honest client: %j", async (limits) => {
    expect([...(await kindsOf(null, limits))]).toEqual([]);
  });

  test.each<[Mistake, Limits, ViolationKind]>([
    ["sends again after a 500", alone, "doubled"],
    ["sends again after a 500", alone, "sent again"],
    ["believes every 4xx", alone, "not_sent, but it exists"],
    ["believes every 4xx", alone, "not_sent without proof"],
    ["takes a foreign 404 for absence", alone, "not_sent, but it exists"],
    ["takes absence for not sent", alone, "not_sent, but it exists"],
    ["takes absence for not sent", alone, "not_sent without proof"],
    ["believes every 201", alone, "sent, but it does not exist"],
    ["looks once", alone, "unknown, but certain"],
    ["measures its deadline on the wall clock", alone, "too long"],
    ["forgets references", { ...alone, shape: "at once", reference: true }, "doubled"],
    ["forgets references", { ...alone, shape: "replay at once", reference: true }, "sent again"],
    [
      "answers another text with the message it has",
      { ...alone, shape: "other message later" },
      "sent, but another message",
    ],
    ["trims references", { ...alone, shape: "references that look alike", reference: true }, "changed on its way"],
    ["throws what nobody can read", alone, "an error that says nothing"],
    ["keeps quiet about what it found", { ...alone, shape: "replay at once", reference: true }, "found, not said"],
  ])("catches a client that %s", async (mistake, limits, kind) => {
    expect(await kindsOf(mistake, limits)).toContain(kind);
  });

  test("repeats a run from its seed, line by line", async () => {
    const once = await run(drawPlan(7), createSimpleClient(null), { trace: true });
    const again = await run(drawPlan(7), createSimpleClient(null), { trace: true });
    expect(once.trace.length).toBeGreaterThan(3);
    expect(again.trace).toEqual(once.trace);
  });
});
