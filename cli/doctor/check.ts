/** One finding of `onsync doctor`. */
import { toErrorReport } from "../output/error-report.ts";

export type Check = {
  name: "key" | "API" | "clock" | "scopes" | "extensions" | "rate limit" | "webhooks";
  /** `warning`: works, with something to know or to mend. `failed`: something will not work. */
  status: "ok" | "warning" | "failed";
  found: string;
  /** What to do about it; missing where there is nothing to do. */
  advice?: string;
};

export function createFailedCheck(name: Check["name"], error: unknown): Check {
  const { message, advice } = toErrorReport(error);
  return { name, status: "failed", found: message, advice };
}

const marks = { ok: "✓", warning: "!", failed: "✗" } as const;
export const colours = { ok: "green", warning: "yellow", failed: "red" } as const;
const nameWidth = "extensions".length;

function toOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** The finding as lines for a person. Names and messages of a server's must not look like findings. */
export function formatCheck({ name, status, found, advice }: Check): string {
  const indent = " ".repeat(nameWidth + 4);
  return [
    `${marks[status]} ${name.padEnd(nameWidth)}  ${toOneLine(found)}`,
    ...(advice === undefined ? [] : [`${indent}→ ${toOneLine(advice)}`]),
    "",
  ].join("\n");
}

function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function formatSummary(checks: readonly Check[]): string {
  const failed = checks.filter(({ status }) => status === "failed").length;
  const warnings = checks.filter(({ status }) => status === "warning").length;
  if (failed + warnings === 0) return "Everything is in order.";
  return [failed > 0 && formatCount(failed, "problem"), warnings > 0 && `${formatCount(warnings, "thing")} to know`]
    .filter(Boolean)
    .join(", ")
    .concat(".");
}
