import { expect, test } from "@jest/globals";
import { formatBodyOnOneLine, readStoredEvent } from "../../../src/webhooks/store/stored-body.ts";

test("a body goes on one line with its numbers and its texts as they arrived", () => {
  expect(formatBodyOnOneLine('\uFEFF\r\n{\n  "big": 9007199254740993,\r\n  "text": "a\\nb  c"\n}\n')).toBe(
    '{   "big": 9007199254740993,   "text": "a\\nb  c" }',
  );
});

test.each([
  ["no JSON", "{\n"],
  ["nested too deeply", `${"[".repeat(101)}\n${"]".repeat(101)}`],
])("a body that is %s is given as a text, and is no event", (_what, body) => {
  expect(readStoredEvent(body)).toBeNull();
  expect(formatBodyOnOneLine(body)).toBe(JSON.stringify(body));
});

test("a byte order mark before the JSON is passed over", () => {
  expect(readStoredEvent('\uFEFF{"id":"evt_1"}')).toEqual({ id: "evt_1" });
  expect(readStoredEvent('\uFEFF\uFEFF{"id":"evt_1"}')).toBeNull();
});
