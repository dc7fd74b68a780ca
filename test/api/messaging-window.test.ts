import { expect, test } from "@jest/globals";
import { calculateWindowEnd, isWindowOpen } from "../../src/api/index.ts";

const day = 24 * 60 * 60 * 1000;
const lastInboundAt = Date.parse("2024-12-01T10:00:00.000Z");

test("the window closes 24 hours after the customer's last message, on the stroke", () => {
  expect(new Date(calculateWindowEnd(lastInboundAt)).toISOString()).toBe("2024-12-02T10:00:00.000Z");
  expect(isWindowOpen(lastInboundAt, lastInboundAt)).toBe(true);
  expect(isWindowOpen(lastInboundAt, lastInboundAt + day - 1)).toBe(true);
  expect(isWindowOpen(lastInboundAt, lastInboundAt + day)).toBe(false);
});

test("a customer who never wrote has opened none", () => {
  expect(isWindowOpen(null, 0)).toBe(false);
});
