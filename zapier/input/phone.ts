/** Phone numbers in a Zap's fields: read as `src/phone-number.ts` reads them, or refused by the field's name. */
import type { Bundle } from "zapier-platform-core";
import { readPhoneNumber } from "../../src/phone-number.ts";
import type { CountryCode } from "./number-plans.ts";
import { refuseInput } from "./refuse-input.ts";

/** Loaded when the first number is read: its table of countries would be in the way of every start. */
function loadNumberPlans() {
  return import("./number-plans.ts");
}

/**
 * @param country two letters, of which a number without a country code is
 * @returns E.164; what is no number at all as it stands, for the API's own rule to refuse
 * @throws ValidationError where it could be meant otherwise
 */
export async function readPhone(key: string, typed: string, country: string | undefined): Promise<string> {
  const plans = await loadNumberPlans();
  const code = country === undefined ? undefined : await findCountry(country);
  const home = code && { code, saidBy: "the connection's Default Country" };
  const { number, problem } = readPhoneNumber(plans, typed, home);
  if (problem !== undefined) return refuseInput(key, problem);
  if (country !== undefined && code === undefined && /^\d+$/.test(number))
    return refuseInput(key, "needs a Default Country in the OnSync connection that is two letters, such as AE or GB");
  return number;
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
