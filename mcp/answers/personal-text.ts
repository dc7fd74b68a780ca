/**
 * Finds what in a text names a person: e-mail addresses, phone numbers as people write them, ids that hold a number. A
 * number too many is masked rather than one too few.
 *
 * A customer chooses what is read here: each step looks at every character a fixed number of times, however the text is
 * made. An expression that tries every beginning against every end would hold the server's only thread for seconds.
 */
import { sanitize } from "./customer-text.ts";

/** @param sealConversation gives a conversation's id that can be used; without it, or where it gives none, it is masked */
export function maskPersonalText(text: string, sealConversation?: (id: string) => string | undefined): string {
  const clean = sanitize(text);
  if (!sealConversation) return maskParts(clean);
  let masked = "";
  let done = 0;
  for (const { 0: id, index } of clean.matchAll(conversations)) {
    const sealed = sealConversation(id);
    if (sealed === undefined) continue;
    masked += maskParts(clean.slice(done, index)) + sealed;
    done = index + id.length;
  }
  return masked + maskParts(clean.slice(done));
}

/** As `platform:address`; a sign that ends a sentence is no part of it. */
const conversations = /(?:whatsapp|instagram|facebook|telegram):[^\s"'`<>,;()[\]{}|]{0,299}[\p{L}\p{N}_-]/giu;

function maskParts(text: string): string {
  return maskPhones(maskEmails(maskCodes(text)));
}

/** WhatsApp's message ids, and whatever else in base64 holds a number or an address. */
const codes = /wamid\.[\w+/=-]*|[\w+/-]{12,}={0,2}/giu;

function maskCodes(text: string): string {
  return text.replace(codes, (code) => (/^wamid\./i.test(code) || holdsPersonalText(code) ? "[id ..]" : code));
}

function holdsPersonalText(code: string): boolean {
  if (/^\d+$/.test(code)) return false;
  const decoded = Buffer.from(code, "base64").toString("latin1");
  return /\d{8}/.test(decoded) || /@[\w-]{1,64}\.[a-z]{2}/i.test(decoded);
}

const noPartOfAddress = /[\s@\uff20\ufe6b<>(),;:"'[\]]/u;
const dots = ".\uff0e\u3002";
/** The sign itself, as other keyboards, URLs, pages and careful people write it. */
const atSigns = /[@\uff20\ufe6b]|%40|&#0{0,4}64;|\s?[[({]\s?at\s?[\])}]\s?/giu;

/** Masks what stands around each @ sign, where it has a domain with a dot. */
function maskEmails(text: string): string {
  let masked = "";
  let done = 0;
  // Each looks as far as the signs beside it, so that no character is looked at for every sign there is.
  let from = 0;
  const signs = [...text.matchAll(atSigns)];
  for (const [index, { 0: sign, index: at }] of signs.entries()) {
    const start = findLocalPart(text, at, Math.max(from, done));
    const end = findDomainEnd(text, at + sign.length, signs[index + 1]?.index ?? text.length);
    from = at + sign.length;
    if (start === at || end === undefined) continue;
    masked += `${text.slice(done, start)}[email ${[...text.slice(start, at)].find((character) => character !== '"')}..]`;
    done = end;
  }
  return masked + text.slice(done);
}

/** Where the part before the sign begins: it may be quoted, with spaces in it. */
function findLocalPart(text: string, at: number, from: number): number {
  if (text[at - 1] === '"') {
    const before = Math.max(from, at - 66);
    const quote = text.slice(before, at - 1).lastIndexOf('"');
    if (quote >= 0) return before + quote;
  }
  let start = at;
  while (start > from && !noPartOfAddress.test(text[start - 1] as string)) start--;
  return start;
}

/** Behind the last letter of the domain: a dot behind it closes the sentence. `undefined` where it has no dot in it. */
function findDomainEnd(text: string, from: number, to: number): number | undefined {
  const literal = /^\[[\w.:]{3,45}\]/.exec(text.slice(from, from + 48))?.[0];
  if (literal !== undefined) return from + literal.length;
  let end = from;
  let hasDot = false;
  for (let index = from; index < to && !noPartOfAddress.test(text[index] as string); index++) {
    if (dots.includes(text[index] as string)) continue;
    hasDot ||= end > from && index > end;
    end = index + 1;
  }
  return hasDot ? end : undefined;
}

/**
 * What is made of digits: an id of OnSync's, a date with its time, which stay; groups of digits with a few signs between
 * them, as people write numbers, after a plus or without; digits written in Han.
 */
const digitRuns =
  /(?<own>(?:contact|msg|wh|evt|req|org|user)_[0-9A-HJKMNP-TV-Z]{10,26})|(?<date>(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])|(?:[12]\d|3[01]|0?[1-9])[-./](?:[12]\d|3[01]|0?[1-9])[-./](?:19|20)\d\d)(?![-./]?\p{Nd})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)|(?<run>(?:[+\uff0b][\s(]{0,2})?[\p{Nd}\p{No}]+(?:[\s()[\]./_*~\u00b7\u2022\p{Me}\u2010-\u2015\u2212-]{1,6}[\p{Nd}\p{No}]+)*)|(?<han>[〇零一二三四五六七八九]{7,})/gu;
const digitGroup = /[\p{Nd}\p{No}]+/gu;

function maskPhones(text: string): string {
  return text.replace(digitRuns, (found, ...rest) => {
    const { own, date, han } = rest.at(-1) as Record<string, string | undefined>;
    if (own !== undefined || date !== undefined) return found;
    return han !== undefined || isNumber(found) ? maskPhone(found) : found;
  });
}

function maskPhone(phone: string): string {
  return `[phone ..${(phone.match(/[\p{Nd}\p{No}〇零一二三四五六七八九]/gu) ?? []).slice(-2).join("")}]`;
}

/** Whether a run reads as a phone number or another person's number: with a country code, in groups, or long. */
function isNumber(run: string): boolean {
  const groups = run.match(digitGroup) ?? [];
  const count = groups.reduce((sum, group) => sum + [...group].length, 0);
  if (/^[+\uff0b]|^00/u.test(run)) return count >= 6;
  if (count >= 8) return !isAmount(run, count);
  return count >= 7 && (groups.length > 1 || run.startsWith("0")) && !isAmount(run, count);
}

/** Thousands in groups of three. From nine digits on it may as well be a number. */
function isAmount(run: string, count: number): boolean {
  return count < 9 && /^[1-9]\d{0,2}(?:[.\s]\d{3})+$/u.test(run);
}
