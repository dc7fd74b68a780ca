/**
 * Phone numbers as people type them, in the form that OnSync takes. What was typed is never made another number: the one change
 * is that the 0 goes which is dialled within a country only, as in `+44 (0)20 …`. Whatever else could be meant is refused.
 */
import type { Bundle } from "zapier-platform-core";
import { normalizePhone } from "../../src/api/index.ts";
import type { CountryCode } from "./number-plans.ts";
import { refuseInput } from "./refuse-input.ts";

/** Loaded when the first number is read: its table of countries would be in the way of every start. */
function loadNumberPlans() {
  return import("./number-plans.ts");
}

/** The zeros of the digits that people write in Arabic, Persian, Hindi and Bengali. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6];

/** Plain digits, no invisible marks, `+` for the 00 that is dialled for it, and nothing between the digits. */
function toPlainNumber(typed: string): string {
  const plain = typed
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Nd}/gu, toPlainDigit)
    .trim()
    .replace(/^tel:/i, "");
  return normalizePhone(plain).replace(/^00(?=[1-9])/, "+");
}

function toPlainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  const zero = zeros.find((each) => code >= each && code <= each + 9);
  return zero === undefined ? digit : String(code - zero);
}

/**
 * @param country two letters, of which a number without a country code is
 * @returns E.164; what is no number at all as it stands, for the API's own rule to refuse
 * @throws ValidationError where it could be meant otherwise
 */
export async function readPhone(key: string, typed: string, country: string | undefined): Promise<string> {
  const plain = toPlainNumber(typed);
  if (!/^\+?\d+$/.test(plain)) return plain;
  if (plain.startsWith("+")) return readInternational(key, plain, /\(\s*0\s*\)/.test(typed));
  return country === undefined ? plain : readNational(key, plain, country);
}

async function readInternational(key: string, plain: string, hasBracketedZero: boolean): Promise<string> {
  const { parsePhoneNumberFromString } = await loadNumberPlans();
  const parsed = parsePhoneNumberFromString(plain);
  if (parsed === undefined || parsed.number === plain) {
    // A number that the plan does not know is passed on as it was typed, unless it says itself that a digit is to go.
    if (hasBracketedZero && !parsed?.isValid())
      return refuseInput(key, "must be written without (0), after its country code");
    return plain;
  }
  const withZero = `+${parsed.countryCallingCode}0${parsed.nationalNumber}`;
  if (parsed.isValid() && plain === withZero) return parsed.number;
  return refuseInput(key, `could be meant as ${parsed.number}: write the number exactly as it is dialled from abroad`);
}

async function readNational(key: string, plain: string, country: string): Promise<string> {
  const { parsePhoneNumberFromString } = await loadNumberPlans();
  const code = await readCountry(key, country);
  const national = parsePhoneNumberFromString(plain, code);
  if (!national?.isValid())
    return refuseInput(
      key,
      `is no phone number of ${code}, the connection's Default Country: begin it with + and its country code`,
    );
  const international = parsePhoneNumberFromString(`+${plain}`);
  const isAmbiguous =
    international?.countryCallingCode === national.countryCallingCode &&
    international.isValid() &&
    international.number !== national.number;
  if (isAmbiguous)
    return refuseInput(
      key,
      `could be ${national.number} or ${international.number}: begin it with + and its country code`,
    );
  return national.number;
}

async function readCountry(key: string, country: string): Promise<CountryCode> {
  return (
    (await findCountry(country)) ??
    refuseInput(key, "needs a Default Country in the OnSync connection that is two letters, such as AE or GB")
  );
}

async function findCountry(country: string): Promise<CountryCode | undefined> {
  const { isSupportedCountry } = await loadNumberPlans();
  const code = country.toUpperCase().replace(/^UK$/, "GB");
  return isSupportedCountry(code) ? code : undefined;
}

const countryKey = "default_country";

function readDefaultCountry({ authData }: Pick<Bundle, "authData">): string | undefined {
  return String(authData?.[countryKey] ?? "").trim() || undefined;
}

/** @throws ValidationError where the connection names a country that there is not */
export async function checkDefaultCountry(bundle: Pick<Bundle, "authData">): Promise<void> {
  const country = readDefaultCountry(bundle);
  if (country !== undefined && (await findCountry(country)) === undefined)
    refuseInput(countryKey, "must be the two letters of a country, such as AE or GB");
}

/** The numbers in an operation's input: a contact's phone, and where a message goes on WhatsApp. */
export async function readPhones(
  input: Readonly<Record<string, unknown>>,
  isOnWhatsApp: boolean,
  bundle: Pick<Bundle, "authData">,
): Promise<Record<string, unknown>> {
  const country = readDefaultCountry(bundle);
  const read = { ...input };
  for (const key of isOnWhatsApp ? ["phone", "to"] : ["phone"]) {
    const typed = input[key];
    if (typeof typed === "string") read[key] = await readPhone(key, typed, country);
  }
  return read;
}

export const defaultCountryField = {
  key: countryKey,
  label: "Default Country",
  required: false,
  isNoSecret: true,
  placeholder: "AE",
  helpText:
    "Only where your phone numbers come without a country code: the two letters of the country they are of, such as `AE`, `GB` or `US`. A number that begins with + or 00 is never touched by it.",
};
