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
    ["with fractions, joined", { "retry-after": "0.5 ,1.25" }, 1_250],
    ["three, joined", { "retry-after": "5,60 , 7" }, 60_000],
    ["seconds and an RFC 850 date, joined", { "retry-after": "5, Sunday, 01-Dec-24 10:02:00 GMT" }, 120_000],
    ["seconds and an asctime date, joined", { "retry-after": "5, Sun Dec  1 10:02:00 2024" }, 120_000],
    ["seconds and an ISO date, joined", { "retry-after": "5,2024-12-01T10:02:00Z" }, 120_000],
    ["a date and seconds, joined", { "retry-after": "Sun, 01 Dec 2024 10:00:05 GMT, 60" }, 60_000],
    ["a date and seconds", { "retry-after": ["Sun, 01 Dec 2024 10:00:05 GMT", "60"] }, 60_000],
    ["one of them unreadable", { "retry-after": ["soon", "7"] }, 7_000],
  ])("%s: the longest wait counts", (_what, headers, expected) => {
    expect(readRetryAfter(429, headers, now)).toBe(expected);
  });
});
