import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isTooDeep } from "../../src/webhooks/json-nesting.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";

/** How deep the arrays and objects of a value lie in each other, from the value itself. */
function countLevels(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(countLevels));
}

function wrap(value: unknown, levels: number): unknown {
  let wrapped = value;
  for (let level = 0; level < levels; level++) wrapped = level % 2 === 0 ? [wrapped] : { key: wrapped };
  return wrapped;
}

describe("JSON that is nested", () => {
  test("100 levels are not too deep, and 101 are, of arrays and of objects", () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const text = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
      expect([isTooDeep(text(100)), isTooDeep(text(101))]).toEqual([false, true]);
    }
  });

  test("what stands beside each other is not in each other", () => {
    expect(isTooDeep(JSON.stringify(Array.from({ length: 200 }, () => [{ a: [] }])))).toBe(false);
  });

  test("brackets in a text are not counted, whatever quotes it has", () => {
    for (const text of ["[".repeat(200), `"${"{".repeat(200)}`, `\\"${"[".repeat(200)}`, `\\${"[".repeat(200)}\\`])
      expect(isTooDeep(JSON.stringify([text, { [text]: text }]))).toBe(false);
    expect(isTooDeep(`["\\\\",${"[".repeat(100)}`)).toBe(true);
  });

  test("property: it tells of the text what a look at the parsed value tells", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", "a") });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, text, fc.array(tie("value")), fc.dictionary(text, tie("value"))),
    }));
    fc.assert(
      fc.property(value, fc.integer({ min: 94, max: 102 }), (inner, levels) => {
        const whole = wrap(inner, levels);
        expect(isTooDeep(JSON.stringify(whole))).toBe(countLevels(whole) > 100);
      }),
      { numRuns: chooseRuns(200) },
    );
  });
});
