/** Names and values, in whichever form a Zap maps them: a map, line items with a name and a value each, or either as JSON text. */
import { isBlank } from "./blank.ts";
import { refuseInput } from "./refuse-input.ts";

const howToGive = 'must be names and values, or JSON such as {"vip": "yes"}';

/** Without the entries that are blank; `undefined` where nothing is left. */
export function readMap(key: string, mapped: unknown): Record<string, unknown> | undefined {
  const entries = toEntries(key, parseText(key, mapped))
    .map(([name, value]) => [name.trim(), value] as const)
    .filter(([name, value]) => name !== "" && !isBlank(value));
  const names = new Set<string>();
  for (const [name] of entries) {
    if (names.has(name)) refuseInput(key, `names ${name} twice`);
    names.add(name);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function parseText(key: string, mapped: unknown): unknown {
  if (typeof mapped !== "string") return mapped;
  try {
    return JSON.parse(mapped);
  } catch {
    return refuseInput(key, howToGive);
  }
}

function toEntries(key: string, value: unknown): [string, unknown][] {
  if (isMap(value)) return Object.entries(value);
  if (!Array.isArray(value)) return refuseInput(key, howToGive);
  if (value.length === 1 && isMap(value[0]) && toItemEntry(value[0]) === null) return Object.entries(value[0]);
  return value
    .filter((item) => !isBlank(item))
    .map((item) => (isMap(item) ? toItemEntry(item) : null) ?? refuseInput(key, howToGive));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A line item `{ name, value }` or `{ key, value }`. */
function toItemEntry(item: Record<string, unknown>): [string, unknown] | null {
  const name = item.name ?? item.key;
  return "value" in item && (typeof name === "string" || typeof name === "number") ? [String(name), item.value] : null;
}
