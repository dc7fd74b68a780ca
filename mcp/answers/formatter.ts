/**
 * How a value reaches an agent: cleaned, masked, cut and fenced. Every presenter writes its text and data through a
 * formatter, which marks what it leaves out.
 */
import { parseConversationId, platforms } from "../../src/api/index.ts";
import type { Masking } from "../safety/pii.ts";
import {
  type Fence,
  isPlainAddress,
  isPlainId,
  isPlainKey,
  isPlainName,
  isPlainWord,
  sanitize,
  sanitizeLine,
} from "./customer-text.ts";
import { formatJson } from "./format-json.ts";
import { markMore } from "./marks.ts";
import { type Detail, defaultRows, type SizeLimits } from "./size-limits.ts";

export type Formatter = {
  detail: Detail;
  /** Milliseconds since 1970. */
  now: number;
  limits: SizeLimits;
  /** Rows of a list that is answered whole. */
  maxRows: number;
  /** Whether there are so many rows that each says only what one acts on. */
  dense: boolean;
  /**
   * What a customer wrote, or what may repeat it: cleaned, cut and fenced. The mark behind a cut text says how to get the
   * rest.
   */
  customerText(text: string, rest: string): string;
  /** Several such texts in one fence, each on a line of its own, whatever lines it has itself. */
  customerLines(texts: readonly string[]): string;
  /** Whether there is room for all of the text. */
  isWhole(text: string): boolean;
  /** What the org wrote itself: cleaned and cut. */
  orgText(text: string, rest: string): string;
  /** A web address of the org's. Where addresses are masked its path is too: it may hold a token. */
  url(text: string, rest: string): string;
  /** One value that a customer may have chosen: as it is where it is a number or one short word, else fenced. */
  field(text: string): string;
  /** One value that the org or OnSync chose, such as a template's name or a status: fenced where it reads as a sentence. */
  name(text: string): string;
  /** The name of a field in an open map. */
  key(text: string): string;
  /** An id or a time of OnSync's: as it is where it looks like one, else fenced. */
  id(text: unknown): string;
  /** A phone, an e-mail, an address or a conversation's id: as it is where it is digits alone, else fenced. */
  address(text: unknown): string;
  /** Any JSON, its strings as {@link Formatter.field}. */
  json(value: unknown): unknown;
  /** The first of the entries; that others are left out is remembered for the note at the end. */
  take<Item>(items: readonly Item[], count: number): { shown: Item[]; more: number };
  /** Whether fields were cut or entries left out, so that the answer has to say how to get the rest. */
  readonly leftOut: boolean;
};

/**
 * Characters that a formatter gives at most, many more than any answer may have: a record of a hundred long lists in each
 * other is not written whole to learn that it is too long.
 */
const maxCharacters = 60_000;

/** What was to be shown is far too long with these limits. */
export class AnswerTooLongError extends Error {}

/** @returns counts a text, and gives it back */
function createBudget(): (text: string) => string {
  let characters = 0;
  return (text) => {
    characters += text.length + 1;
    if (characters > maxCharacters) throw new AnswerTooLongError();
    return text;
  };
}

export type FormatterOptions = {
  fence: Fence;
  limits: SizeLimits;
  detail: Detail;
  now: number;
  /** Phones and e-mails are masked with it, where the operator asks for that. */
  masking?: Masking | undefined;
  /** Characters at the beginning of long texts that the agent has read already. */
  skip?: number;
  maxRows?: number;
  dense?: boolean;
  /** Cleans and masks a text. */
  clean?: (text: string) => string;
};

/** Cleans and masks, each text once: an answer that is too long is written again with narrower limits. */
export function createCleaner(masking: Masking | undefined): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let clean = known.get(text);
    if (clean === undefined) {
      clean = masking ? masking.maskText(sanitize(text)) : sanitize(text);
      known.set(text, clean);
    }
    return clean;
  };
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index++) {
    const isSecondHalf = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
    if (isSecondHalf && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/** Cuts by characters, so that no pair of surrogates is split. */
function cut(text: string, skip: number, length: number): { shown: string; hidden: number } {
  if (skip === 0 && text.length <= length) return { shown: text, hidden: 0 };
  const characters = [...text.slice(0, (skip + length) * 2)];
  return {
    shown: characters.slice(skip, skip + length).join(""),
    hidden: Math.max(countCharacters(text) - skip - length, 0),
  };
}

function isConversationId(value: unknown): boolean {
  const parsed = typeof value === "string" ? parseConversationId(value.trim()) : null;
  return parsed !== null && (platforms as readonly string[]).includes(parsed.platform.toLowerCase());
}

/** A value of which nothing but a mask is left. */
function isMask(line: string): boolean {
  return /^\[(?:phone|email|id) \S{0,4}\.\.\S{0,4}\]$/u.test(line);
}

/** As it is where it is known to be harmless, masked where it is to be, else fenced. */
function formatExact(
  value: unknown,
  isPlain: (text: string) => boolean,
  fence: Fence,
  mask: (text: string) => string = (text) => text,
): string {
  const line = sanitizeLine(typeof value === "string" ? value : JSON.stringify(value ?? null));
  const masked = mask(line);
  if (masked !== line || isPlain(line)) return masked;
  // An id that is cut would name nothing: only what can be none is.
  const { shown, hidden } = cut(line, 0, 400);
  return fence.wrap(shown) + (hidden > 0 ? ` ${markMore(hidden)}` : "");
}

export function createFormatter(options: FormatterOptions): Formatter {
  const { fence, limits, detail, now, masking, skip = 0, maxRows = defaultRows, dense = false } = options;
  let leftOut = false;
  const spend = createBudget();
  // Masked before it is cut: half a number is still a number.
  const clean = options.clean ?? createCleaner(masking);
  const cleanLine = (text: string) => clean(text).replace(/\s+/gu, " ").trim();
  const cutField = (text: string, isPlain: (text: string) => boolean): string => {
    const line = cleanLine(text);
    // What is short was shown whole before.
    const { shown, hidden } = cut(line, skip > 0 && countCharacters(line) > skip ? skip : 0, limits.field);
    if (hidden > 0) leftOut = true;
    const value = isPlain(line) || (masking && isMask(line)) ? shown : fence.wrap(shown);
    return spend(value + (hidden > 0 ? ` ${markMore(hidden)}` : ""));
  };
  const cutText = (text: string, wrap: (text: string) => string, rest: string): string => {
    const { shown, hidden } = cut(clean(text), skip, limits.message);
    if (hidden === 0) return spend(wrap(shown));
    const next = detail === "full" ? ` skip=${skip + limits.message}` : "";
    return spend(`${wrap(shown)} [cut: ${hidden} more characters, read them with ${rest}${next}]`);
  };
  const field = (text: string) => cutField(text, isPlainWord);
  const key = (text: string) => cutField(text, isPlainKey);
  const take = <Item>(items: readonly Item[], count: number) => {
    const more = Math.max(items.length - count, 0);
    if (more > 0) leftOut = true;
    return { shown: items.slice(0, count), more };
  };

  const address = (value: unknown): string => formatExact(value, isPlainAddress, fence, masking?.maskAddress);

  return {
    detail,
    now,
    limits,
    maxRows,
    dense,
    customerText: (text, rest) => cutText(text, fence.wrap, rest),
    customerLines: (texts) => spend(fence.wrap(texts.map((text) => cleanLine(text)).join("\n"))),
    isWhole: (text) => skip === 0 && cut(clean(text), 0, limits.message).hidden === 0,
    orgText: (text, rest) => cutText(text, (shown) => shown, rest),
    url: (text, rest) => cutText(masking?.maskUrl(text) ?? text, (shown) => shown, rest),
    field,
    name: (text) => cutField(text, isPlainName),
    key,
    id: (value) => (isConversationId(value) ? address(value) : formatExact(value, isPlainId, fence, masking?.maskId)),
    address,
    json: (value) => formatJson(value, { limits, masking, field, key, take }),
    take,
    get leftOut() {
      return leftOut;
    },
  };
}
