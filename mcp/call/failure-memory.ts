/**
 * What failed within the last minute. An agent that repeats an identical failing call gets the earlier answer back: the
 * API counts errors towards the org's hourly budget and warns of loops.
 */
import crypto from "node:crypto";
import { LRUCache } from "lru-cache";
import { canonicalJson } from "../../src/client/wire/canonical-json.ts";
import type { Data } from "../answers/summaries.ts";
import { isInternal, type ToolFailure } from "../answers/tool-failure.ts";

const maxAgeMs = 60_000;
const maxEntries = 200;

/** The same for the same arguments in any order. */
export function createCallKey(tool: string, args: Data): string {
  return crypto.hash("sha256", canonicalJson([tool, args]), "base64");
}

export function createFailureMemory(now: () => number) {
  const entries = new LRUCache<string, { failure: ToolFailure; at: number; until: number }>({ max: maxEntries });
  return {
    /** The earlier answer, with a note that it is one. */
    recall(key: string): ToolFailure | undefined {
      const entry = entries.get(key);
      if (!entry || now() >= entry.until) return undefined;
      const seconds = Math.max(Math.round((now() - entry.at) / 1000), 1);
      return {
        ...entry.failure,
        text: `You made this same call ${seconds} s ago and it failed. Nothing was asked of OnSync this time, and nothing will be for another ${Math.ceil((entry.until - now()) / 1000)} s. The earlier answer: ${entry.failure.text}`,
      };
    },
    /** Keeps what would fail again. What may be repeated safely is kept only while the API asks to wait. */
    remember(key: string, failure: ToolFailure): void {
      const waitMs = failure.retry === "safe" ? (failure.retryAfterMs ?? 0) : maxAgeMs;
      if (waitMs <= 0 || isInternal(failure)) return;
      entries.set(key, { failure, at: now(), until: now() + Math.min(waitMs, maxAgeMs) });
    },
    /** Something changed, so that another call may now succeed; what may have been done stays remembered. */
    forgetChangeable(): void {
      for (const [key, { failure }] of entries.entries()) if (failure.retry === "after_change") entries.delete(key);
    },
  };
}

export type FailureMemory = ReturnType<typeof createFailureMemory>;

/** Whether an answer tells that things have changed: a window found open, an event. What failed may go through now. */
export function showsChange(data: Data = {}): boolean {
  return (
    data.open === true ||
    (data.window as Data | undefined)?.open === true ||
    (data.cursor !== undefined && (data.data as unknown[]).length > 0)
  );
}
