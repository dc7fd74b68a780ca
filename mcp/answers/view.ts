/** How much of an answer an agent is shown, and how: every presenter writes its text and data through a view. */

import type { Masking } from "../safety/pii.ts";
import { type Fence, isPlain, sanitize, sanitizeLine } from "./customer-text.ts";

export type Detail = "concise" | "full";

export type View = {
  detail: Detail;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether there is room for tags, properties and the like. */
  extras: boolean;
  /** What a customer wrote: cleaned, cut and fenced. The mark behind a cut text says how to get the rest. */
  customer(text: string, rest: string): string;
  /** What the org wrote itself: cleaned and cut. */
  own(text: string, rest: string): string;
  /** One value of a contact, a teammate or somebody's metadata: as it is where it reads as data, else fenced. */
  field(text: string): string;
  /** An id or address: as it is where it looks like one, else fenced. */
  id(text: unknown): string;
  /** Any JSON, its strings as {@link View.field}. */
  json(value: unknown): unknown;
};

/** How much room there is; the first that fits the answer's budget is taken. */
export type Room = {
  /** Characters of a message. */
  message: number;
  /** Characters of a contact's field. */
  field: number;
  extras: boolean;
};
export const rooms: Record<Detail, readonly Room[]> = {
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
const longestMasked = 300;
const mostItems = 50;
const mostDepth = 6;

/** @param masking phones and e-mails are masked with it, where the operator asks for that */
export function createView(fence: Fence, room: Room, detail: Detail, now: number, masking?: Masking): View {
  /**
   * Cut by characters, so that no pair of surrogates is split. What is masked is what is shown and a little more: half a
   * number is still a number, and what nobody sees costs nothing.
   */
  const cut = (text: string, length: number): { shown: string; left: number } => {
    const characters = text.length <= length ? undefined : [...text];
    const left = Math.max((characters?.length ?? 0) - length, 0);
    if (!masking) return { shown: characters ? characters.slice(0, length).join("") : text, left };
    const beginning = characters ? characters.slice(0, length + longestMasked).join("") : text;
    const masked = masking.text(beginning);
    return { shown: masked.length <= length ? masked : [...masked].slice(0, length).join(""), left };
  };
  const mark = (left: number, rest: string) =>
    left > 0 ? ` [cut: ${left} more characters, read them with ${rest}]` : "";

  const field = (text: string): string => {
    const line = sanitizeLine(text);
    const { shown, left } = cut(line, room.field);
    return (isPlain(line) ? shown : fence.wrap(shown)) + (left > 0 ? "..." : "");
  };
  const json = (value: unknown, depth = 0): unknown => {
    if (typeof value === "string") return field(value);
    if (typeof value === "number" && masking) {
      const masked = masking.text(String(value));
      return masked === String(value) ? value : masked;
    }
    if (typeof value !== "object" || value === null) return value;
    if (depth >= mostDepth) return "...";
    if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => json(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, mostItems)
        .map(([key, item]) => [field(key), json(item, depth + 1)]),
    );
  };

  return {
    detail,
    now,
    extras: room.extras,
    customer(text, rest) {
      const { shown, left } = cut(sanitize(text), room.message);
      return fence.wrap(shown) + mark(left, rest);
    },
    own(text, rest) {
      const { shown, left } = cut(sanitize(text), room.message);
      return shown + mark(left, rest);
    },
    field,
    id: (text) => {
      const plain = sanitizeLine(typeof text === "string" ? text : JSON.stringify(text ?? null));
      const line = masking ? masking.id(plain) : plain;
      if (masking && line !== plain) return line;
      return /^[\w.:+@=%~-]{1,200}$/.test(line) && isIdLike(line) ? line : fence.wrap(cut(line, 400).shown);
    },
    json,
  };
}

/** Ids, addresses and times carry no words joined into a sentence. */
function isIdLike(line: string): boolean {
  return (line.match(/[a-z]{3,}/g) ?? []).length <= 5;
}
