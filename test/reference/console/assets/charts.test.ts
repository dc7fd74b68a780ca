/** Numbers as places in a chart. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { importAsset } from "./import-asset.ts";

type Size = { width: number; height: number; max: number };
type Bar = { name: string; x: number; y: number; width: number; height: number };
type Step = Record<string, number>;
type Scale = {
  roundUp: (value: number) => number;
  stackBars: (steps: Step[], names: string[], size: Size) => Bar[];
  drawLine: (values: (number | null)[], size: Size) => string;
  findMax: (steps: Record<string, number | null>[], names: string[], isStacked: boolean) => number;
};
const { roundUp, stackBars, drawLine, findMax } = await importAsset<Scale>("charts/scale.js");

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [5, 5],
  [11, 20],
  [51, 100],
  [999, 1000],
  [1001, 2000],
])("%d is drawn up to %d", (value, most) => {
  expect(roundUp(value)).toBe(most);
});

test("property: bars stand within the picture, on top of one another, each as high as its number", () => {
  const step = fc.record({ a: fc.nat(500), b: fc.nat(500), c: fc.nat(500) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const names = ["a", "b", "c"];
      const max = findMax(steps, names, true);
      const size = { width: 600, height: 100, max };
      const bars = stackBars(steps, names, size);
      const stepWidth = 600 / steps.length;
      for (const [index, values] of steps.entries()) {
        const own = bars.filter(({ x }) => Math.floor(x / stepWidth) === index);
        let top = 100;
        for (const name of names) {
          const bar = own.find((each) => each.name === name);
          expect(bar === undefined).toBe(values[name as "a"] === 0);
          if (!bar) continue;
          expect(bar.height).toBeCloseTo((values[name as "a"] / max) * 100, 6);
          expect(bar.y + bar.height).toBeCloseTo(top, 6);
          expect(bar.y).toBeGreaterThanOrEqual(-1e-9);
          top = bar.y;
        }
      }
    }),
  );
});

test("a line breaks where nothing was measured, and one measurement alone is seen", () => {
  const size = { width: 40, height: 100, max: 10 };
  expect(drawLine([10, 0, null, 5], size)).toBe("M5 0h0.1L15 100M35 50h0.1");
  expect(drawLine([null, null], size)).toBe("");
});
