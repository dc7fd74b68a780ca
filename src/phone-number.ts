/**
 * Phone numbers as people type them, in the form that OnSync takes. What was typed is never made another number: the one change
 * is that the 0 goes which is dialled within a country only, as in `+44 (0)20 …`. Whatever else could be meant is refused.
 */
import type { CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { normalizePhone } from "./api/values/identifiers.ts";

/** What is used of libphonenumber-js: given by whoever asks, who decides when its table of countries is loaded. */
export type NumberPlans = { parsePhoneNumberFromString: typeof parsePhoneNumberFromString };

/** Of which country a number without a country code is, and who said so, as in "the connection's Default Country". */
export type HomeCountry = { code: CountryCode; saidBy: string };

/** E.164, or what is no number at all as it stands, for the API's own rule to refuse; or why it could be meant otherwise. */
export type PhoneReading = { number: string; problem?: undefined } | { problem: string; number?: undefined };

/** The zeros of the digits that people write in Arabic, Persian, Hindi and Bengali. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6];

function toPlainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  const zero = zeros.find((each) => code >= each && code <= each + 9);
  return zero === undefined ? digit : String(code - zero);
}

/** Plain digits, no invisible marks, `+` for the 00 that is dialled for it, and nothing between the digits. */
function toPlainNumber(typed: string): string {
  if (/^\+[1-9]\d*$/.test(typed)) return typed;
  const plain = typed
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Nd}/gu, toPlainDigit)
    .trim()
    .replace(/^tel:/i, "");
  return normalizePhone(plain).replace(/^00(?=[1-9])/, "+");
}

export function readPhoneNumber(plans: NumberPlans, typed: string, country: HomeCountry | undefined): PhoneReading {
  const plain = toPlainNumber(typed);
  if (!/^\+?\d+$/.test(plain)) return { number: plain };
  if (plain.startsWith("+")) return readInternational(plans, plain, /\(\s*0\s*\)/.test(typed));
  return country === undefined ? { number: plain } : readNational(plans, plain, country);
}

function readInternational(plans: NumberPlans, plain: string, hasBracketedZero: boolean): PhoneReading {
  const parsed = plans.parsePhoneNumberFromString(plain);
  if (parsed === undefined || parsed.number === plain) {
    // A number that the plan does not know is passed on as it was typed, unless it says itself that a digit is to go.
    if (hasBracketedZero && !parsed?.isValid())
      return { problem: "must be written without (0), after its country code" };
    return { number: plain };
  }
  const withZero = `+${parsed.countryCallingCode}0${parsed.nationalNumber}`;
  if (parsed.isValid() && plain === withZero) return { number: parsed.number };
  return { problem: `could be meant as ${parsed.number}: write the number exactly as it is dialled from abroad` };
}

function readNational(plans: NumberPlans, plain: string, { code, saidBy }: HomeCountry): PhoneReading {
  const national = plans.parsePhoneNumberFromString(plain, code);
  if (!national?.isValid())
    return { problem: `is no phone number of ${code}, ${saidBy}: begin it with + and its country code` };
  const international = plans.parsePhoneNumberFromString(`+${plain}`);
  const isAmbiguous =
    international?.countryCallingCode === national.countryCallingCode &&
    international.isValid() &&
    international.number !== national.number;
  if (isAmbiguous)
    return {
      problem: `could be ${national.number} or ${international.number}: begin it with + and its country code`,
    };
  return { number: national.number };
}
