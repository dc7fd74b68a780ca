/** What is blank in a text that was typed, copied or mapped. */

/** Whether there is nothing in it but white space. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && /^\s*$/u.test(value));
}

const blankCharacter = /[\s\p{Cf}]/u;

/** Without white space and invisible marks around it, which copying brings along. */
export function trimText(text: string): string {
  // Character by character: an expression for both ends takes longer than its input.
  const characters = [...text];
  const start = characters.findIndex((character) => !blankCharacter.test(character));
  const end = characters.findLastIndex((character) => !blankCharacter.test(character));
  return start < 0 ? "" : characters.slice(start, end + 1).join("");
}
