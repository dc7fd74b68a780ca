/** Phone numbers and e-mail addresses, which OnSync recognises a contact by: how they are written and compared. */

/** Removes what people type into phone numbers: spaces, dashes, dots and brackets. Nothing else is guessed. */
export function normalizePhone(phone: string): string {
  return phone.replace(/[\s\-.()[\]\u2010-\u2015]/gu, "");
}

const separator = "[\\s\\-.()[\\]\\u2010-\\u2015]*";
/** {@link isPhone} of what {@link normalizePhone} leaves, as JSON Schema says it. */
export const phonePattern = `^${separator}\\+${separator}[1-9](?:${separator}\\d){6,14}${separator}$`;

/** E.164: a plus sign and 7 to 15 digits, the first of which is not 0. The shape is checked, not the numbering plan. */
export function isPhone(value: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(value);
}

/** E-mail addresses are matched case-insensitively; this is the form they are compared in. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

export const emailPattern = '[^\\s@<>(),;:"]+@[^\\s@<>(),;:"]+\\.[^\\s@<>(),;:".]+';
const wholeEmail = new RegExp(`^${emailPattern}$`, "u");

/** With the white space off that is a slip of copying. */
export function trimEmail(email: string): string {
  return email.trim();
}

export function isEmail(value: string): boolean {
  return value.length <= 254 && wholeEmail.test(value);
}
