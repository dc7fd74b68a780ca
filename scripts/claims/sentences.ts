/**
 * What counts as a claim: a sentence that promises something for every case, or that gives a number, a limit or a default.
 *
 * A sentence counts when it has one of the `words`, or a number in digits, a number word followed by what it counts, or
 * HTTP statuses. These are no numbers of ours and do not count: names with a number in them (SHA-256, UTF-8, E.164,
 * Node 24, 127.0.0.1, "the 24-hour window", which is what WhatsApp calls it), and whatever stands in inline code, since
 * that is an example or a name. "Once your server is mended" is a time, not a promise.
 */
const words =
  /\b(always|never|only|every|each|exactly|at most|at least|at once|no more than|no longer than|up to|once|nothing|nobody|defaults?|limits?|limited|unless told otherwise)\b/i;

const numberWords =
  /\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|hundred|thousand|million|half|quarter|within a second|(?:an?|another|one) (?:minute|hour|day|week|month))\b/i;

const notOurNumbers = [
  /`[^`]*`/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g,
  /\b\d+\.\d+\.\d+\b/g,
  /\b(?:Node|Redis|TypeScript|OpenAPI|HTTP|ISO|E|draft|v)[ ./]?\d[\d.]*/gi,
  /\b24(?:-| )hours?\b/g,
  /\b[A-Z][A-Z]*-?\d+\b/g,
  /https?:\/\/\S+/g,
  /\bsince 1970\b/g,
  /\b[a-z]+_\w+/g,
];

/** Without markup, on one line: what the entry of a claim is known by. */
export function plainText(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\{@link (\w+)\}/g, "$1")
    .replace(/\*\*|(?<![\w`*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w`*])/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function isClaim(sentence: string): boolean {
  const spoken = sentence.replace(/^Once |\brate limits?\b/g, "").replace(/`[^`]*`/g, "``");
  if (words.test(spoken) || numberWords.test(spoken)) return true;
  return /\d/.test(notOurNumbers.reduce((text, pattern) => text.replace(pattern, ""), sentence));
}

/** The sentences of a paragraph, on one line each. A full stop inside code, in an abbreviation or in a number ends none. */
export function splitSentences(paragraph: string): string[] {
  const text = paragraph.replace(/\s+/g, " ").trim();
  const code: string[] = [];
  const marked = text.replace(/`[^`]*`/g, (span) => `\uE000${code.push(span) - 1}\uE001`);
  return marked
    .split(/(?<=[.!?]["”)]?)\s+(?=[A-Z\uE000“"(*])/)
    .map((sentence) => sentence.replace(/\uE000(\d+)\uE001/g, (_, index: string) => code[Number(index)] ?? "").trim())
    .filter((sentence) => sentence !== "");
}
