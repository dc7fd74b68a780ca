/**
 * What may be written to a terminal. Customers and servers choose much of what a command prints, and a terminal obeys what
 * it is given: control characters (C0, DEL, C1, so that no escape sequence is left), characters that turn the direction
 * of writing, and halves of surrogate pairs, which are no text. Line feeds and tabs stay.
 */
const unsafeCharacters = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f`,
    String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`,
    String.raw`|\p{Surrogate}`,
  ].join(""),
  "gu",
);

/**
 * The text with each of them as `\u` and four hexadecimal digits. In JSON they stand within strings alone, where that is
 * the same character: whoever parses it gets the same value.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(unsafeCharacters, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
