/** Whatever a model calls, in whatever order: what arrives at the API was approved by a person, as it is, and comes once. */
import { describe, expect, jest, test } from "@jest/globals";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { runOnce } from "../../../testing/person/run.ts";

// Hundreds of runs, on machines that do other things as well.
jest.setTimeout(120_000);

const seeds = Array.from({ length: chooseRuns(60) }, (_value, index) => index + 1);

describe("an adversary in the model's place", () => {
  test("sends nothing that no person has approved, and what people approved is sent", async () => {
    const outcomes = await Promise.all(seeds.map((seed) => runOnce(seed)));
    expect(outcomes.flatMap(({ seed, findings }) => findings.map((finding) => `seed ${seed}: ${finding}`))).toEqual([]);
    const sum = (name: "calls" | "sent" | "proposed") => outcomes.reduce((total, outcome) => total + outcome[name], 0);
    expect(sum("calls")).toBeGreaterThan(3 * seeds.length);
    expect(sum("proposed")).toBeGreaterThan(seeds.length / 2);
    expect(sum("sent")).toBeGreaterThan(seeds.length / 12);
  });

  test("sends nothing by itself where it is the whole host, and the host's approvals do not count", async () => {
    const outcomes = await Promise.all(seeds.map((seed) => runOnce(seed, { trusting: false })));
    expect(outcomes.flatMap(({ seed, findings }) => findings.map((finding) => `seed ${seed}: ${finding}`))).toEqual([]);
  });

  test("does the same for the same seed", async () => {
    expect(await runOnce(7)).toEqual(await runOnce(7));
  });
});
