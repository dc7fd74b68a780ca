import { describe, expect, test } from "@jest/globals";
import { parseInput } from "../../../cli/call/json-input.ts";

function parse(text: string | undefined) {
  return parseInput(text, { name: "send_message" });
}

describe("an operation's input", () => {
  test("is a JSON object, and empty when none is given", () => {
    expect(parse('{"to": "+971500000000"}')).toEqual({ to: "+971500000000" });
    expect(parse(undefined)).toEqual({});
  });

  test.each([
    ["", "is empty"],
    ["[]", "is a list, not a JSON object"],
    ['"text"', "is a string, not"],
    ["null", "is null, not"],
    ["{to: 1}", "line 1, column 2: {▸to: 1}"],
    ['{"to": "a",}', 'line 1, column 12: {"to": "a",▸}'],
    ["{\"to\": 'a'}", "line 1, column 8: {\"to\": ▸'a'}"],
    ['{\n  "a": 1,\n  "b": x\n}', 'line 3, column 8:   "b": ▸x'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3:   ▸"b": 2'],
    ['{"to": "a', "Unterminated string at line 1, column 10"],
    ['{"to":', "Unexpected end of JSON input at line 1, column 7"],
    ['{"a":1} {"b":2}', "line 1, column 9"],
  ])("%j is refused with its place", (text, expected) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        name: "UsageError",
        code: "invalid_json",
        message: expect.stringContaining(expected),
        advice: expect.stringContaining("onsync call send_message --help"),
      }),
    );
  });
});
