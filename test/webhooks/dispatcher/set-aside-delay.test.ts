import { expect, test } from "@jest/globals";
import { createSetAsideDelay } from "../../../src/webhooks/dispatcher/set-aside-delay.ts";

test("a hand-on is set aside after two seconds until one was answered, then after four times the usual duration, and never before 0.3 seconds", () => {
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
