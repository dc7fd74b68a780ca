/**
 * What this server puts around, or in the place of, what it shows: fences, masks, seals, marks of what is left out. In an
 * argument they are a mistake of the agent's, which copied them from an answer: written into the CRM they would replace
 * what they stood for.
 */
import { sanitize } from "./customer-text.ts";

type Data = Record<string, unknown>;

/** A long value, or a list, of which some is not shown. Nothing that a customer writes outside a fence has this form. */
export function markMore(count: number): string {
  return `[+${count} more]`;
}

type Kind = "fence" | "mask" | "seal" | "cut";
export type Mark = { path: string; kind: Kind; text: string };

const signs: readonly [Kind, RegExp][] = [
  ["fence", /(?:<|&lt;|\uff1c)\s?\/?\s?customer-[a-z2-9]{8}|customer-(?=[a-z]{0,7}[2-9])[a-z2-9]{8}(?![a-z0-9])/iu],
  ["mask", /\[(?:phone|email|id|token|path) [^[\]\n]{0,8}\.\.[^[\]\n]{0,8}\]/iu],
  ["cut", /\[\+\d{1,12} more\]|\[cut: \d{1,12} more characters/iu],
];
/** As `mcp/safety/pii.ts` makes them: a tag of 16 bytes, and the address. */
const seal = /~[\w-]{23,}/;

/** Arguments that may hold a sealed address, which is opened before the arguments are looked at. */
const sealable = /^(?:conversationId|to|conversationIds\[\d+\])$/;

/** The first of this server's own marks in the arguments, however deep. */
export function findMark(args: Data): Mark | undefined {
  const waiting: [path: string, value: unknown][] = Object.entries(args).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, value] = next;
    if (typeof value === "string") {
      const mark = findMarkInText(path, value);
      if (mark) return mark;
    } else if (typeof value === "object" && value !== null) {
      const isList = Array.isArray(value);
      for (const [key, item] of Object.entries(value).reverse()) {
        const mark = isList ? undefined : findMarkInText(`${path}, in a name`, key);
        if (mark) return mark;
        waiting.push([isList ? `${path}[${key}]` : `${path}.${key}`, item]);
      }
    }
  }
  return undefined;
}

function findMarkInText(path: string, value: string): Mark | undefined {
  const text = sanitize(value);
  for (const [kind, expression] of signs) {
    const found = expression.exec(text)?.[0];
    if (found !== undefined) return { path, kind, text: found };
  }
  // One that stayed shut was made up, or made by another server.
  const found = seal.exec(text)?.[0];
  return found !== undefined && (sealable.test(path) || text.trim() === found)
    ? { path, kind: "seal", text: found }
    : undefined;
}

const instead: Record<Kind, string> = {
  fence:
    "those tags are this server's own, around what customers write, and no part of the value. Give the text that stands between them, without them. To change some of a contact's tags, give addTags and removeTags, which keep the others.",
  mask: "this server has masked what stands there. Leave the argument out to keep what the contact has, or give the value itself. A conversation is named by its id, as answered.",
  seal: "this server cannot open that address. Take the conversation's id from a new answer of list_conversations or get_contact.",
  cut: "that stands for a part that was not shown. Read the value whole first (detail full), or leave the argument out to keep what is there.",
};

export function describeMark({ path, kind, text }: Mark): string {
  const shown = sanitize(path).replace(/\s+/gu, " ").slice(0, 80);
  return `${shown} holds ${JSON.stringify(text.slice(0, 40))}: ${instead[kind]}`;
}
