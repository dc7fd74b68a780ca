/** Phone numbers and e-mail addresses, which OnSync recognises a contact by: how they are written and compared. */
import * as z from "zod";

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

const emailPattern = '[^\\s@<>(),;:"]+@[^\\s@<>(),;:"]+\\.[^\\s@<>(),;:".]+';
const wholeEmail = new RegExp(`^${emailPattern}$`, "u");

export function isEmail(value: string): boolean {
  return value.length <= 254 && wholeEmail.test(value);
}

export const Phone = z
  .string()
  .overwrite(normalizePhone)
  .refine(isPhone, { error: "must be a phone number in E.164 form, such as +971500000000" })
  .meta({
    pattern: phonePattern,
    title: "Phone",
    description: "Phone number in E.164 form, with the country code. Spaces, dashes, dots and brackets are removed.",
    examples: ["+971500000000"],
  });

export const Email = z
  .string()
  .overwrite((value) => value.trim())
  .refine(isEmail, { error: "must be an e-mail address, such as sara@example.com" })
  .meta({
    title: "Email",
    description: "E-mail address. Matched case-insensitively.",
    examples: ["sara@example.com"],
    pattern: `^\\s*${emailPattern}\\s*$`,
  });
