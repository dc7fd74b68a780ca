/**
 * How many tokens a model reads in a text, estimated on the safe side: no tokenizer is loaded for it. Measured with
 * o200k on letters drawn at random, of which a text that was made to be long is: words of a language take fewer.
 */

/** Tokens a character takes, by the last code point of each range. */
const costs: readonly (readonly [last: number, tokens: number])[] = [
  [0x17f, 1.3], // Latin with accents
  [0x36f, 2], // rarer Latin, combining marks
  [0x45f, 1], // Greek, Cyrillic
  [0x530, 2],
  [0x6ff, 1], // Armenian, Hebrew, Arabic
  [0x8ff, 2],
  [0xdff, 1.4], // the scripts of India
  [0xe7f, 1.1], // Thai
  [0x109f, 2.2], // Lao, Tibetan, Myanmar
  [0x10ff, 1.2], // Georgian
  [0x137f, 2.3], // Hangul's letters, Ethiopic
  [0x177f, 3], // Cherokee, Canadian syllabics
  [0x17ff, 1.6], // Khmer
  [0x1fff, 2.6],
  [0x2bff, 2.1], // signs
  [0x303f, 1.6],
  [0x30ff, 1.4], // Kana
  [0x33ff, 2.2],
  [0x4dff, 3],
  [0x9fff, 2], // Han
  [0xabff, 3],
  [0xd7ff, 2.3], // Hangul
  [0xfeff, 3],
  [0xffff, 1.6], // full width
  [0x1efff, 3.2],
  [0x1faff, 2.4], // emoji
  [0x10ffff, 4],
];
const perRareLetter = 0.65;
const perSign = 0.72;
/** Of JSON's own signs, which stand together. */
const perQuote = 0.56;

function costOf(codePoint: number): number {
  return costs.find(([last]) => codePoint <= last)?.[1] ?? 4;
}

type Kind = "lower" | "upper" | "digit" | "space" | "quote" | "sign";

function kindOf(code: number): Kind {
  if (code >= 97 && code <= 122) return "lower";
  if (code >= 65 && code <= 90) return "upper";
  if (code >= 48 && code <= 57) return "digit";
  if (code === 32) return "space";
  return '{}[]":,\\'.includes(String.fromCharCode(code)) ? "quote" : "sign";
}

/** By ASCII code: every character of every answer is looked up. */
const kinds: readonly Kind[] = Array.from({ length: 128 }, (_, code) => kindOf(code));

/**
 * Pairs of letters that words are mostly made of, marked by 1. Letters drawn at random have few of them, and take more
 * tokens.
 */
const frequentPairs = new Uint8Array(128 * 128);
for (const pair of "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur us ta la ca el ho di un ec ge pe wa wh ay ow ut my ot yo em ag ss ad ac et we ee pl pr sa tr ke ev ai ie mo lo no so do po ab ul id il ol am ci ns os na ia ct tu".split(
  " ",
))
  frequentPairs[toPair(pair.charCodeAt(0), pair.charCodeAt(1))] = 1;

function toPair(first: number, second: number): number {
  return first * 128 + second;
}

/** A run of one kind of ASCII characters. */
function costOfRun(kind: Kind, length: number, pairs: number, alike: boolean): number {
  if (kind === "space") return length === 1 ? 0 : 1 + length / 16;
  if (kind === "digit") return Math.ceil(length / 3);
  if (kind === "quote") return length * perQuote;
  if (alike && length > 4) return 1 + length / 3;
  if (kind === "sign") return length * perSign;
  if (kind === "lower" && pairs * 2 >= length - 1) return 1 + Math.max(length - 6, 0) * 0.3;
  return Math.max(length * perRareLetter, 1);
}

/** A space before a word is part of it; before other things it is not, or not always. */
function costOfSpaceBefore(code: number): number {
  if (code >= 128) return code > 0x17f && costOf(code) < 1.5 ? 0.3 : 0.9;
  const kind = kinds[code];
  return kind === "digit" ? 1 : kind === "sign" || kind === "quote" ? 0.4 : 0.1;
}

export function estimateTokens(text: string): number {
  let tokens = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code !== 32 && index > 0 && text.charCodeAt(index - 1) === 32) tokens += costOfSpaceBefore(code);
    if (code >= 128) {
      const codePoint = text.codePointAt(index) as number;
      tokens += costOf(codePoint);
      index += codePoint > 0xffff ? 2 : 1;
      continue;
    }
    const kind = kinds[code] as Kind;
    let [length, pairs, alike] = [1, 0, true];
    for (let previous = code; index + length < text.length; length++) {
      const next = text.charCodeAt(index + length);
      // Above ASCII there is no kind.
      if (kinds[next] !== kind) break;
      if (frequentPairs[toPair(previous, next)] === 1) pairs++;
      alike &&= previous === next;
      previous = next;
    }
    tokens += costOfRun(kind, length, pairs, alike);
    index += length;
  }
  return Math.ceil(tokens);
}
