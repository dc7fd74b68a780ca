import { describe, expect, test } from "@jest/globals";
import { isZoneless, parseInstant } from "../../../src/client/wire/instant.ts";

const ten = Date.UTC(2024, 11, 1, 10);

describe("parseInstant", () => {
  test.each([
    ["with a Z", "2024-12-01T10:00:00.000Z", ten, false],
    ["with another zone", "2024-12-01T14:00:00+04:00", ten, false],
    ["without a zone", "2024-12-01T10:00:00.250", ten + 250, true],
    ["without a zone or a fraction", "2024-12-01T10:00:00", ten, true],
    ["without a zone or seconds", "2024-12-01T10:00", ten, true],
    ["with a space for the T", "2024-12-01 10:00:00", ten, true],
    ["with microseconds", "2024-12-01T10:00:00.000999", ten, true],
  ])("reads a time %s, wherever this runs", (_what, value, instant, zoneless) => {
    expect([parseInstant(value), isZoneless(value)]).toEqual([instant, zoneless]);
  });

  test.each([["yesterday"], [""], [ten], [null], [["2024-12-01T10:00:00"]]])("%j is no time", (value) => {
    expect([parseInstant(value), isZoneless(value)]).toEqual([Number.NaN, false]);
  });
});
