/** What is blank in a text that was typed, copied or mapped. */

/** Whether there is nothing in it but white space. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && /^\s*$/u.test(value));
}

/** Without white space and invisible marks around it, which copying brings along. */
export function trimText(text: string): string {
  return text.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, "");
}
