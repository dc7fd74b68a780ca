/** The fuzzing itself, held to finding what is wrong: a thing that is not found here is not looked for. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OpenEntry } from "../../../testing/fuzz/entry.ts";
import { fuzzEntry } from "../../../testing/fuzz/run/fuzz-entry.ts";

function createEntry(judge: (input: string) => string[]): OpenEntry<string> {
  return {
    kinds: { schema: fc.string(), bytes: fc.string({ unit: "binary" }) },
    try: async (input) => judge(input),
    close: async () => ({ harms: [], figures: "" }),
  };
}

const run = { inputs: 4000, seed: 1, began: () => {} };

test("an entry that bears everything is tried with as many inputs as were asked for", async () => {
  expect(
    await fuzzEntry(
      createEntry(() => []),
      run,
    ),
  ).toEqual({ tried: 4000, failures: [] });
});

test("two mistakes are found beside each other, each with the smallest input that shows it", async () => {
  const entry = createEntry((input) =>
    input.includes("<") ? ["it takes markup: now"] : input.length > 4 ? ["it is too long: again"] : [],
  );
  const { failures } = await fuzzEntry(entry, run);
  const found = failures.map(({ input, harms }) => [String(input).length, ...harms]);
  expect(found.sort()).toEqual([
    [1, "it takes markup: now"],
    [5, "it is too long: again"],
  ]);
});

test("the same seed tries the same inputs, another seed others", async () => {
  const listInputs = async (seed: number): Promise<string[]> => {
    const tried: string[] = [];
    await fuzzEntry(
      createEntry(() => []),
      { inputs: 40, seed, began: (input) => tried.push(input) },
    );
    return tried;
  };
  const [first, again, other] = [await listInputs(7), await listInputs(7), await listInputs(8)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});
