import { expect, test } from "@jest/globals";
import { createSetAsideDelay } from "../../../src/webhooks/dispatcher/set-aside-delay.ts";

test("a hand-on keeps its place for two seconds before any was answered, then for four times what is usual, and never under 0.3 seconds", () => {
  const patience = createSetAsideDelay();
  expect(patience.current()).toBe(2000);
  for (let n = 0; n < 31; n += 1) patience.note(10);
  expect(patience.current()).toBe(300);
  for (let n = 0; n < 15; n += 1) patience.note(500);
  // Half of them are not yet what is usual.
  expect(patience.current()).toBe(300);
  patience.note(500);
  expect(patience.current()).toBe(2000);
});
