import { expect, test } from "@jest/globals";
import { createSetAsideDelay } from "../../../src/webhooks/dispatcher/set-aside-delay.ts";

test("a hand-on keeps its place for two seconds before any was answered, then for four times what is usual, and never under 0.3 seconds", () => {
  const delay = createSetAsideDelay();
  expect(delay.current()).toBe(2000);
  for (let n = 0; n < 31; n += 1) delay.record(10);
  expect(delay.current()).toBe(300);
  for (let n = 0; n < 15; n += 1) delay.record(500);
  // Half of them are not yet what is usual.
  expect(delay.current()).toBe(300);
  delay.record(500);
  expect(delay.current()).toBe(2000);
});
