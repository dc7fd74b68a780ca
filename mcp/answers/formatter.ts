/** How a value reaches an agent: cleaned, cut, fenced and masked. Every presenter writes its text and data through a formatter. */

import type { Masking } from "../safety/pii.ts";
import { type Fence, isPlain, sanitize, sanitizeLine } from "./customer-text.ts";

export type Detail = "concise" | "full";

export type Formatter = {
  detail: Detail;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether tags, properties and the like are shown. */
  extras: boolean;
  /** What a customer wrote: cleaned, cut and fenced. The mark behind a cut text says how to get the rest. */
  customerText(text: string, rest: string): string;
  /** What the org wrote itself: cleaned and cut. */
  orgText(text: string, rest: string): string;
  /** One value of a contact, a teammate or somebody's metadata: as it is where it reads as data, else fenced. */
  field(text: string): string;
  /** An id or address: as it is where it looks like one, else fenced. */
  id(text: unknown): string;
  /** Any JSON, its strings as {@link Formatter.field}. */
  json(value: unknown): unknown;
};

/** How long the parts of an answer may be; the first limits that keep the answer within its budget are taken. */
export type SizeLimits = {
  /** Characters of a message. */
  message: number;
  /** Characters of a contact's field. */
  field: number;
  extras: boolean;
};
export const sizeLimits: Record<Detail, readonly SizeLimits[]> = {
  concise: [
    { message: 600, field: 120, extras: true },
    { message: 300, field: 80, extras: true },
    { message: 150, field: 60, extras: true },
    { message: 80, field: 40, extras: false },
    { message: 40, field: 20, extras: false },
    { message: 20, field: 12, extras: false },
  ],
  full: [
    { message: Number.POSITIVE_INFINITY, field: 4096, extras: true },
    { message: 2000, field: 500, extras: true },
    { message: 600, field: 200, extras: true },
    { message: 150, field: 80, extras: true },
    { message: 80, field: 40, extras: false },
  ],
};

/** Characters behind a cut that may belong to a number or an address before it. */
const maxMaskedLength = 300;
const maxItems = 50;
const maxDepth = 6;

/**
 * Cuts by characters, so that no pair of surrogates is split. What is masked is what is shown and a little more: half a
 * number is still a number, and what nobody sees costs nothing.
 *
 * @returns what is shown, and how many characters are not
 */
function cut(text: string, length: number, masking: Masking | undefined): { shown: string; hidden: number } {
  const characters = text.length <= length ? undefined : [...text];
  const hidden = Math.max((characters?.length ?? 0) - length, 0);
  if (!masking) return { shown: characters ? characters.slice(0, length).join("") : text, hidden };
  const beginning = characters ? characters.slice(0, length + maxMaskedLength).join("") : text;
  const masked = masking.maskText(beginning);
  return { shown: masked.length <= length ? masked : [...masked].slice(0, length).join(""), hidden };
}

function describeCut(hidden: number, rest: string): string {
  return hidden > 0 ? ` [cut: ${hidden} more characters, read them with ${rest}]` : "";
}

/** @param masking phones and e-mails are masked with it, where the operator asks for that */
export function createFormatter(
  fence: Fence,
  limits: SizeLimits,
  detail: Detail,
  now: number,
  masking?: Masking,
): Formatter {
  const field = (text: string): string => {
    const line = sanitizeLine(text);
    const { shown, hidden } = cut(line, limits.field, masking);
    return (isPlain(line) ? shown : fence.wrap(shown)) + (hidden > 0 ? "..." : "");
  };
  const json = (value: unknown, depth = 0): unknown => {
    if (typeof value === "string") return field(value);
    if (typeof value === "number" && masking) {
      const masked = masking.maskText(String(value));
      return masked === String(value) ? value : masked;
    }
    if (typeof value !== "object" || value === null) return value;
    if (depth >= maxDepth) return "...";
    if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => json(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, maxItems)
        .map(([key, item]) => [field(key), json(item, depth + 1)]),
    );
  };

  return {
    detail,
    now,
    extras: limits.extras,
    customerText(text, rest) {
      const { shown, hidden } = cut(sanitize(text), limits.message, masking);
      return fence.wrap(shown) + describeCut(hidden, rest);
    },
    orgText(text, rest) {
      const { shown, hidden } = cut(sanitize(text), limits.message, masking);
      return shown + describeCut(hidden, rest);
    },
    field,
    id: (text) => {
      const plain = sanitizeLine(typeof text === "string" ? text : JSON.stringify(text ?? null));
      const line = masking ? masking.maskId(plain) : plain;
      if (masking && line !== plain) return line;
      return /^[\w.:+@=%~-]{1,200}$/.test(line) && isIdLike(line) ? line : fence.wrap(cut(line, 400, masking).shown);
    },
    json,
  };
}

/** Ids, addresses and times carry no words joined into a sentence. */
function isIdLike(line: string): boolean {
  return (line.match(/[a-z]{3,}/g) ?? []).length <= 5;
}
