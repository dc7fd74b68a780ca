/** Words that a file, a spreadsheet, a shell or a database can stumble over. */
import type { Random } from "../../hostile/random.ts";

const contents = [
  "Hi, can you confirm my order?",
  '=HYPERLINK("http://evil.example","click")',
  "+1+1",
  "-2",
  "@SUM(A1)",
  "\ttab first",
  "two\nlines",
  "carriage\r\nreturn",
  '"quoted", and, commas',
  "it's; DROP TABLE messages; --",
  "\\N",
  "NULL",
  "back\\slash \\t \\u0041",
  '{"json": true}',
  "مرحبا، أين طلبي؟",
  "👩‍👩‍👧‍👦 🇦🇪",
  "line\u2028separator",
  "'already an apostrophe",
  " spaces ",
  "12345",
  "true",
  "2024-12-01T10:00:00.000Z",
  `long ${"x".repeat(4000)}`,
];
const names = ["Sara", 'O"Neil', "Müller; Sohn", "=1+1", "日本", "a,b", "d'Arc", "Null", "-", "0171"];

/** Each with a number of its own, so that no two messages are alike. */
export function drawContent(random: Random): string {
  const number = random.whole(1, 1_000_000_000);
  return random.chance(0.5) ? `${random.pick(contents)} ${number}` : `Where is order ${number}?`;
}

export function drawName(random: Random): string {
  return random.pick(names);
}

export function drawProperties(random: Random): Record<string, unknown> {
  return {
    ...(random.chance(0.3) && { source: "Expo booth" }),
    ...(random.chance(0.2) && { 'x"; DROP TABLE contacts; --': "said" }),
    ...(random.chance(0.2) && { score: random.whole(-5, 5) / 2, "opt in": random.chance(0.5) }),
  };
}
