import { expect, test } from "@jest/globals";
import { isPhone, normalizePhone } from "../../src/api/index.ts";

test.each([
  ["+1234567", true],
  ["+123456", false],
  ["+123456789012345", true],
  ["+1234567890123456", false],
  ["+0123456789", false],
  ["971500000000", false],
  ["00971500000000", false],
])("%s is a phone number: %s", (value, expected) => {
  expect(isPhone(value)).toBe(expected);
});

test("spaces, dashes, dots and brackets are removed from phone numbers, and nothing else is guessed", () => {
  expect(normalizePhone("+971 (50) 000-00.00")).toBe("+971500000000");
  expect(normalizePhone("+971\u00a050\u2011000")).toBe("+97150000");
  for (const kept of ["0500000000", "00971500000000", "971500000000", "+971x5", "tel:+971500000000"])
    expect(normalizePhone(kept)).toBe(kept);
});
