/** Texts and JSON that nobody sends on purpose, and every parser meets one day. */
import fc from "fast-check";

const hostileTexts = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ufeffa",
  "\u202e\u2066",
  "\ud83d",
  "\ude00\ud83d",
  "\u2028",
  "\u0085\u00a0",
  "\u001b[2J\u001b]0;x\u0007",
  "\r\nX-Injected: 1",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "%00",
  "%ff%",
  "../../../../etc/hostname",
  "..\\..\\",
  "file:///etc/hostname",
  "{{1}}{{constructor}}",
  "'; DROP TABLE contacts; --",
  '" OR 1 NEAR(* )',
  "<script>alert(1)</script>",
  "=HYPERLINK(1)",
  "9007199254740993",
  "1e400",
  "-0",
  "2024-02-30T25:61:61Z",
  "+0000-01-01",
  "e\u0301\u0130\u1e9e",
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  "a".repeat(257),
  "\u{10ffff}".repeat(100),
  "a".repeat(5000),
  " ".repeat(5000),
  "(".repeat(3000),
  "[".repeat(3000),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** As it is written: what JSON can say and no value of this language holds. */
const rawTokens = [
  "1e400",
  "-1e400",
  "9007199254740993",
  "123456789012345678901234567890",
  "-0",
  "1E-400",
  "0.1e1",
  '"\\ud83d"',
  '"\\u0000"',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"a":1,"a":2}',
  '{"":null}',
  `${"[".repeat(2000)}${"]".repeat(2000)}`,
  `${'{"a":'.repeat(1500)}1${"}".repeat(1500)}`,
  "[".repeat(500),
  "NaN",
  "undefined",
  "'a'",
  "01",
  "[1,]",
  "/**/1",
  '"\t"',
];

const mark = "\ue000";

/** Something that a value may be replaced by: a marked token is written as it stands by {@link writeJson}. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom(...rawTokens).map((token) => `${mark}${token}${mark}`) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, [], {}, [null], [[]], { a: {} }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** As JSON, with the marked tokens as they stand. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.replaceAll(new RegExp(`"${mark}(.*?)${mark}"`, "g"), (_, token: string) => JSON.parse(`"${token}"`));
}
