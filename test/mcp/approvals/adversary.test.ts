/** Whatever a model calls, in whatever order: what arrives at the API was approved by a person, as it is, and comes once. */
import { describe, expect, jest, test } from "@jest/globals";
import { runOnce } from "../../../testing/person/run.ts";
import { wrongServers } from "../../../testing/person/wrong-servers.ts";

// Hundreds of runs, on machines that do other things as well.
jest.setTimeout(120_000);

const seeds = Array.from({ length: 60 }, (_value, index) => index + 1);

describe("an adversary in the model's place", () => {
  test("sends nothing that no person has approved, in 60 runs, and those send what people approved", async () => {
    const outcomes = await Promise.all(seeds.map((seed) => runOnce(seed)));
    expect(outcomes.flatMap(({ seed, findings }) => findings.map((finding) => `seed ${seed}: ${finding}`))).toEqual([]);
    const sum = (name: "calls" | "sent" | "proposed") => outcomes.reduce((total, outcome) => total + outcome[name], 0);
    expect(sum("calls")).toBeGreaterThan(200);
    expect(sum("proposed")).toBeGreaterThan(30);
    expect(sum("sent")).toBeGreaterThan(5);
  });

  test("sends nothing by itself where it is the whole host, and the host's approvals do not count", async () => {
    const outcomes = await Promise.all(seeds.map((seed) => runOnce(seed, { trusting: false })));
    expect(outcomes.flatMap(({ seed, findings }) => findings.map((finding) => `seed ${seed}: ${finding}`))).toEqual([]);
  });

  test("does the same for the same seed", async () => {
    expect(await runOnce(7)).toEqual(await runOnce(7));
  });
});

describe("the judge of those runs", () => {
  test.each(Object.entries(wrongServers))("notices a server on which %s", async (_what, wrong) => {
    for (let seed = 1; seed <= 300; seed++) {
      if ((await runOnce(seed, { wrong })).findings.length > 0) return;
    }
    throw new Error("300 runs found nothing");
  });
});
