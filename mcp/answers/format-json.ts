/** Any JSON as an agent reads it: its texts formatted, what there is no room for marked. */
import type { Masking } from "../safety/pii.ts";
import { markMore } from "./marks.ts";
import type { SizeLimits } from "./size-limits.ts";

/** How the parts are written (`mcp/answers/formatter.ts`). */
type Format = {
  limits: SizeLimits;
  masking: Masking | undefined;
  field(text: string): string;
  key(text: string): string;
  take<Item>(items: readonly Item[], count: number): { shown: Item[]; more: number };
};

export function formatJson(value: unknown, format: Format, depth = 0): unknown {
  const { masking, limits } = format;
  if (typeof value === "string") return format.field(value);
  if (typeof value === "number" && masking) {
    const masked = masking.maskText(String(value));
    return masked === String(value) ? value : masked;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Array.isArray(value) ? value : Object.entries(value);
  const { shown, more } = format.take<unknown>(entries, depth >= limits.depth ? 0 : limits.items);
  if (depth >= limits.depth) return more > 0 ? markMore(more) : value;
  const mark = more > 0 ? markMore(more) : undefined;
  if (Array.isArray(value))
    return [...shown.map((item) => formatJson(item, format, depth + 1)), ...(mark ? [mark] : [])];
  const keys = toDistinctKeys((shown as [string, unknown][]).map(([name]) => format.key(name)));
  const items = (shown as [string, unknown][]).map(([, item], index) => [
    keys[index],
    formatJson(item, format, depth + 1),
  ]);
  return Object.fromEntries([...items, ...(mark ? [["[more]", mark]] : [])]);
}

/** Two keys that are the same once they are cut would be one, and a value would be lost without a mark. */
export function toDistinctKeys(keys: readonly string[]): string[] {
  const used = new Map<string, number>();
  return keys.map((key) => {
    const times = (used.get(key) ?? 0) + 1;
    used.set(key, times);
    return times === 1 ? key : `${key} (${times})`;
  });
}
