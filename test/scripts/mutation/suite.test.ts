/** How npm run mutation runs the tests of a file without jest: only what jest would do may fail or pass. */
import { expect, test } from "@jest/globals";
import { collectTests, declareBlock, declareHook, declareTest, runTests } from "../../../scripts/mutation/suite.ts";

const unhurried = { limitMs: () => 10_000, onStep: () => {} };

/** A file with a block in a block, whose steps tell when they run. */
function collectSteps(fail: (step: string) => void = () => {}) {
  const steps: string[] = [];
  const step = (name: string) => () => {
    steps.push(name);
    fail(name);
  };
  const declareHooks = (block: string) => {
    for (const kind of ["beforeAll", "beforeEach", "afterEach", "afterAll"] as const)
      declareHook(kind, step(`${kind} ${block}`));
  };
  const file = collectTests(async () => {
    declareHooks("file");
    declareTest("one", step("one"));
    declareBlock(() => {
      declareHooks("block");
      declareTest("two", step("two"));
      declareTest("three", step("three"));
    });
    declareTest("four", step("four"));
  });
  return { file, steps };
}

test("hooks run around tests and blocks, the outer ones outside", async () => {
  const { file, steps } = collectSteps();
  const results = await runTests(await file, { ...unhurried, selected: new Set([1, 3]) });
  expect(results.map(({ title, error }) => [title, error])).toEqual([
    ["two", undefined],
    ["four", undefined],
  ]);
  expect(steps).toEqual([
    "beforeAll file",
    "beforeAll block",
    "beforeEach file",
    "beforeEach block",
    "two",
    "afterEach block",
    "afterEach file",
    "afterAll block",
    "beforeEach file",
    "four",
    "afterEach file",
    "afterAll file",
  ]);
});

test.each(["beforeAll block", "beforeEach block", "two", "afterEach file"])(
  "a test fails where %s throws, and a selection ends there with what cleans up",
  async (failing) => {
    const { file, steps } = collectSteps((step) => {
      if (step === failing) throw new Error("no");
    });
    const selected = new Set(failing === "afterEach file" ? [1] : [1, 2]);
    const results = await runTests(await file, { ...unhurried, selected });
    expect(results.map(({ title, error }) => [title, error])).toEqual([["two", "no"]]);
    expect(steps).not.toContain("three");
    expect(steps.at(-1)).toBe("afterAll file");
  },
);

test("a test that never ends is ended by its time limit, and says so", async () => {
  const file = await collectTests(async () => {
    declareTest("waits", () => new Promise(() => {}));
    declareTest("does not", () => {});
  });
  const results = await runTests(file, { ...unhurried, limitMs: (index) => (index === 0 ? 1 : 10_000) });
  expect(results.map(({ error }) => error)).toEqual(["time limit of 1 ms", undefined]);
});
