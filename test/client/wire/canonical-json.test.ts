import { expect, test } from "@jest/globals";
import { canonicalJson } from "../../../src/client/wire/canonical-json.ts";

test("what differs in the order of its fields alone is written alike, at any depth", () => {
  const some = { b: [{ d: 1, c: null }], a: { f: "x", e: undefined } };
  const others = { a: { f: "x" }, b: [{ c: null, d: 1 }] };
  expect(canonicalJson(some)).toBe('{"a":{"f":"x"},"b":[{"c":null,"d":1}]}');
  expect(canonicalJson(others)).toBe(canonicalJson(some));
});
