/**
 * What failed within the last minute. An agent that repeats an identical failing call gets the earlier answer back: the
 * API counts errors towards the org's hourly budget and warns of loops.
 */
import { createHash } from "node:crypto";
import type { Data } from "../answers/summaries.ts";
import type { ToolFailure } from "../answers/tool-failure.ts";

const maxAgeMs = 60_000;
const maxEntries = 200;

/** The same for the same arguments in any order. */
export function sortKeys(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map(sortKeys)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sortKeys(item)]),
        )
      : value;
}

export function createCallKey(tool: string, args: Data): string {
  return createHash("sha256")
    .update(JSON.stringify([tool, sortKeys(args)]))
    .digest("base64");
}

export function createFailureMemory(now: () => number) {
  const kept = new Map<string, { failure: ToolFailure; at: number; until: number }>();
  return {
    /** The earlier answer, with a note that it is one. */
    recall(key: string): ToolFailure | undefined {
      const entry = kept.get(key);
      if (!entry) return undefined;
      if (now() >= entry.until) {
        kept.delete(key);
        return undefined;
      }
      const seconds = Math.max(Math.round((now() - entry.at) / 1000), 1);
      return {
        ...entry.failure,
        text: `You made this same call ${seconds} s ago and it failed. Nothing was asked of OnSync this time, and nothing will be for another ${Math.ceil((entry.until - now()) / 1000)} s. The earlier answer: ${entry.failure.text}`,
      };
    },
    /** Keeps what would fail again. What may be repeated safely is kept only while the API asks to wait. */
    remember(key: string, failure: ToolFailure): void {
      const waitMs = failure.retry === "safe" ? (failure.retryAfterMs ?? 0) : maxAgeMs;
      if (waitMs <= 0) return;
      kept.delete(key);
      kept.set(key, { failure, at: now(), until: now() + Math.min(waitMs, maxAgeMs) });
      if (kept.size > maxEntries) kept.delete(kept.keys().next().value as string);
    },
    /** Something changed, so that another call may now succeed; what may have been done stays remembered. */
    changed(): void {
      for (const [key, { failure }] of kept) if (failure.retry === "after_change") kept.delete(key);
    },
  };
}
