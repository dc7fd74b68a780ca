import { describe, expect, test } from "@jest/globals";
import type { TransportResponse } from "../../src/client/index.ts";
import { readRetryAfter } from "../../src/client/rate-limit.ts";

describe("several Retry-After lines", () => {
  const now = Date.parse("2024-12-01T10:00:00.000Z");
  test.each<[string, TransportResponse["headers"], number]>([
    ["as a list", { "retry-after": ["5", "60"] }, 60_000],
    ["the longer first", { "retry-after": ["60", "5"] }, 60_000],
    ["joined", { "retry-after": "5, 60" }, 60_000],
    ["seconds and a date, joined", { "retry-after": "5, Sun, 01 Dec 2024 10:02:00 GMT" }, 120_000],
    ["a date and seconds", { "retry-after": ["Sun, 01 Dec 2024 10:00:05 GMT", "60"] }, 60_000],
    ["one of them unreadable", { "retry-after": ["soon", "7"] }, 7_000],
  ])("%s: the longest wait counts", (_what, headers, expected) => {
    expect(readRetryAfter(429, headers, now)).toBe(expected);
  });
});
