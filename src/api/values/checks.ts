/**
 * What a value must be beyond its kind. Nothing here needs zod: the schemas are made of it, and the client checks by it
 * what it is asked to send.
 */
import { isPhone, normalizePhone } from "./identifiers.ts";

/** The channels OnSync answers customers on (`platform` in the Messaging API). */
export const platforms = ["whatsapp", "instagram", "facebook", "telegram"] as const;

export function removeDuplicates<Item>(items: Item[]): Item[] {
  return [...new Set(items)];
}

/**
 * Characters are Unicode code points, so that an emoji counts once. A code point is one of a string's units, or two: what is
 * far too long is not counted.
 */
export function isLongerThan(text: string, maxCharacters: number): boolean {
  return text.length > maxCharacters && (text.length > 2 * maxCharacters || [...text].length > maxCharacters);
}

export const maxMessageCharacters = 4096;

export function fitsMessage(text: string): boolean {
  return !isLongerThan(text, maxMessageCharacters);
}

export const identifierNeeded =
  "give at least one of phone, email and properties.externalId: OnSync finds contacts by them";

export function hasIdentifier(contact: {
  phone?: string | undefined;
  email?: string | undefined;
  properties?: { externalId?: string | undefined } | undefined;
}): boolean {
  return contact.phone !== undefined || contact.email !== undefined || contact.properties?.externalId !== undefined;
}

export const whatsappAddressNeeded = "on WhatsApp, to must be a phone number in E.164 form, such as +971500000000";

export function isSendableAddress(message: { platform: string; to: string }): boolean {
  return message.platform !== "whatsapp" || isPhone(normalizePhone(message.to));
}

export const instantPattern =
  "^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$";
const wholeInstant = new RegExp(instantPattern, "u");

/** Whether the text is a time with a zone, on a day that there is. `Date.parse` makes the 1st of March of the 30th of February. */
function isInstant(value: string): boolean {
  const [, year, month, day] = wholeInstant.exec(value) ?? [];
  return day !== undefined && Number(day) <= new Date(Date.UTC(Number(year) || 400, Number(month), 0)).getUTCDate();
}

function describeInstantProblem(value: string, note: string): string | undefined {
  if (isInstant(value)) return undefined;
  return wholeInstant.test(value)
    ? "is on a day that there is not; check its month and day"
    : `must be an ISO 8601 time with a zone, such as 2024-12-01T11:00:00Z${note}`;
}

export function findInstantProblem(value: string): string | undefined {
  return describeInstantProblem(value, "");
}

/** As {@link findInstantProblem}, where a plus sign has to be encoded. */
export function findQueryInstantProblem(value: string): string | undefined {
  return describeInstantProblem(value, " (write a + in a query string as %2B)");
}

/** http or https, a host, no user name and no password. */
export const urlPattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$";
const wholeUrl = new RegExp(urlPattern, "u");

/** The ports that HTTP clients refuse to call, because other protocols listen there (WHATWG Fetch, "bad port"), and 0. */
const blockedPorts = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
  ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
  ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
  ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** Why no event could be delivered to the address; `undefined` where one may. */
export function findUrlProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && (url.username !== "" || url.password !== "")) {
    return "must not carry a user name or a password: verify deliveries by their signature instead";
  }
  if (!url || !wholeUrl.test(value)) return "must be an https:// or http:// address";
  if (url.port !== "" && blockedPorts.has(Number(url.port))) {
    return `must not have port ${url.port}: HTTP clients do not call it`;
  }
  return undefined;
}
