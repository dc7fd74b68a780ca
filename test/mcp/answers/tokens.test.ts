/** The estimate of tokens is held against o200k's own count, on texts that somebody made to be long. */
import { expect, test } from "@jest/globals";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { estimateTokens } from "../../../mcp/answers/tokens.ts";

/** The same letters in each run. */
function createDraw(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ranges: Record<string, [first: number, last: number]> = {
  "small letters": [0x61, 0x7a],
  "capital letters": [0x41, 0x5a],
  digits: [0x30, 0x39],
  "all of ASCII": [0x20, 0x7e],
  "Latin with accents": [0xc0, 0x17f],
  "rare Latin": [0x180, 0x24f],
  Greek: [0x3b1, 0x3c9],
  Cyrillic: [0x430, 0x44f],
  Hebrew: [0x5d0, 0x5ea],
  Arabic: [0x621, 0x64a],
  Devanagari: [0x905, 0x939],
  Thai: [0xe01, 0xe2f],
  Tibetan: [0xf40, 0xf6c],
  Georgian: [0x10d0, 0x10fa],
  Ethiopic: [0x1200, 0x1248],
  Cherokee: [0x13a0, 0x13f4],
  Khmer: [0x1780, 0x17b3],
  "mathematical signs": [0x2200, 0x22ff],
  boxes: [0x2500, 0x25ff],
  Kana: [0x3041, 0x30ff],
  "rare Han": [0x3400, 0x4db0],
  Han: [0x4e00, 0x9fff],
  Yi: [0xa000, 0xa48c],
  Hangul: [0xac00, 0xd7a3],
  "full width": [0xff01, 0xff5e],
  "mathematical letters": [0x1d400, 0x1d7ff],
  emoji: [0x1f300, 0x1f64f],
  "rarest Han": [0x20000, 0x2a000],
};

test.each(Object.entries(ranges))(
  "of %s drawn at random, in words of any length, it is no less than the count",
  (_name, [first, last]) => {
    for (const wordLength of [1, 2, 3, 4, 5, 7, 12, 1000]) {
      const draw = createDraw(wordLength);
      const text = Array.from({ length: 1500 }, (_, index) => {
        const letter = String.fromCodePoint(first + draw(last - first + 1));
        return index % wordLength === wordLength - 1 ? `${letter} ` : letter;
      }).join("");
      expect(countTokens(text)).toBeLessThanOrEqual(estimateTokens(text) * 1.05);
    }
  },
);

test.each([
  ["base64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"],
  ["punctuation", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"],
  ["what JSON is made of", '{}[]":,'],
])("nor of %s", (_name, alphabet) => {
  const draw = createDraw(7);
  const text = Array.from({ length: 3000 }, () => alphabet[draw(alphabet.length)]).join("");
  expect(countTokens(text)).toBeLessThanOrEqual(estimateTokens(text) * 1.05);
});

test.each([
  ["English", "Hello, where is my order? I have been waiting for three days and nobody answers. ", 1.6],
  ["Arabic", "مرحبا بكم أين طلبي؟ لقد انتظرت ثلاثة أيام ولم يرد أحد ", 3],
  ["JSON", '{"id":"contact_01JGDNWSW9","firstName":"Sara","createdAt":"2024-12-01T10:00:00.000Z"}', 1.6],
])("of %s as people write it, it is not many times the count", (_name, text, most) => {
  expect(estimateTokens(text.repeat(20))).toBeLessThan(countTokens(text.repeat(20)) * most);
});

test("it costs each character once, however long the text is", () => {
  expect(estimateTokens("ab1 ".repeat(100_000))).toBe(estimateTokens("ab1 ".repeat(50_000)) * 2);
});
