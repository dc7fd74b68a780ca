/** JSON set out for reading says what it said before. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { importAsset } from "./import-asset.ts";

type Json = {
  layOutJson: (text: string) => string;
  splitJson: (text: string) => { text: string; kind: string }[];
};
const { layOutJson, splitJson } = await importAsset<Json>("elements/json.js");

describe("property: whatever the value", () => {
  test("it is laid out as JSON.stringify lays it out, and its parts put together are the text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const shown = layOutJson(text);
        expect(shown).toBe(JSON.stringify(JSON.parse(text), null, 2));
        expect(
          splitJson(shown)
            .map((part) => part.text)
            .join(""),
        ).toBe(shown);
      }),
    );
  });

  test("a text that is no JSON is shown whole, letter by letter", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = splitJson(text).map((part) => part.text);
        expect(parts.join("")).toBe(text);
      }),
    );
    for (const text of ["", "<html>", '{"a":', "{'a':1}", "{]"]) expect(layOutJson(text)).toBe(text);
  });
});

test("brackets as deep as a kept body allows take little room, and are the same letters", () => {
  const depth = 32_768;
  const text = "[".repeat(depth) + "]".repeat(depth);
  const shown = layOutJson(text);
  expect(shown.length).toBeLessThan(text.length * 100);
  expect(shown.replace(/\s/g, "") === text).toBe(true);
});

test("numbers beyond what JavaScript counts, and escapes, stay as they are written", () => {
  expect(layOutJson('{"n":12345678901234567890.10,"s":"\\u0041\\n"}')).toBe(
    '{\n  "n": 12345678901234567890.10,\n  "s": "\\u0041\\n"\n}',
  );
});

test("names, texts, numbers and words have tones of their own", () => {
  const kinds = splitJson('{"a" : "b:c", "d": [1, -2.5e3, true, null]}').filter(({ kind }) => kind !== "");
  expect(kinds.map(({ text, kind }) => `${kind} ${text}`)).toEqual([
    'name "a"',
    'text "b:c"',
    'name "d"',
    "number 1",
    "number -2.5e3",
    "word true",
    "word null",
  ]);
});
