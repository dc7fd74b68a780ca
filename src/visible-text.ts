/**
 * Text as a person who has to judge it must see it: characters that have no shape, that turn the direction of writing or
 * that only machines read (tag characters) are shown by their code points, since a model that reads the text reads them.
 */

// Zero-width, bidirectional, variation and tag characters (all default-ignorable), controls, private use, halves of
// surrogate pairs, line separators, annotations, and blanks that are letters.
const hidden =
  /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u2800\ufff9-\ufffb]/gu;

const emoji = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;

/** Line breaks and tabs have a shape; a joiner between two emoji, and the selector behind one, belong to what is seen. */
function isSeen(character: string, before: string, after: string): boolean {
  if (character === "\n" || character === "\t") return true;
  if (character === "\ufe0f")
    return /\p{Extended_Pictographic}/u.test(before) || (/[#*0-9]/.test(before) && after === "\u20e3");
  return character === "\u200d" && emoji.test(before) && /\p{Extended_Pictographic}/u.test(after);
}

function lastCharacter(text: string, end: number): string {
  return [...text.slice(Math.max(0, end - 2), end)].at(-1) ?? "";
}

function firstCharacter(text: string, start: number): string {
  return [...text.slice(start, start + 2)][0] ?? "";
}

/** A stretch of text that is seen as it is, or a character that nobody sees, as `U+200B`. */
export type TextPart = { text: string; hidden: boolean };

/** The whole text in parts. A line break of any kind is `\n`. */
export function splitHiddenCharacters(text: string): TextPart[] {
  const lines = text.replace(/\r\n?/g, "\n");
  const parts: TextPart[] = [];
  let done = 0;
  for (const { 0: character, index } of lines.matchAll(hidden)) {
    const end = index + character.length;
    if (isSeen(character, lastCharacter(lines, index), firstCharacter(lines, end))) continue;
    if (index > done) parts.push({ text: lines.slice(done, index), hidden: false });
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    parts.push({ text: `U+${code}`, hidden: true });
    done = end;
  }
  if (done < lines.length) parts.push({ text: lines.slice(done), hidden: false });
  return parts;
}

/** The text on which every character can be seen: those that cannot stand as `[U+200B]`. */
export function showHiddenCharacters(text: string): string {
  return splitHiddenCharacters(text)
    .map((part) => (part.hidden ? `[${part.text}]` : part.text))
    .join("");
}

/** The text without the characters that nobody sees. */
export function removeHiddenCharacters(text: string): string {
  return splitHiddenCharacters(text)
    .map((part) => (part.hidden ? "" : part.text))
    .join("");
}
