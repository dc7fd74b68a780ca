/** What a value must be beyond its kind, and how what is wrong with it is told. */
import type { Finding } from "../../api/issues.ts";
import { isLongerThan } from "../../api/values/checks.ts";

/** In the order in which they are made. `stops`: what comes after it is not looked at where it fails. */
export type Check = {
  error?: string;
  stops?: true;
} /** Of a text, in characters (Unicode code points, so that an emoji counts once), or of a list. */ & (
  | { minLength: number }
  | { maxLength: number }
  | { min: number }
  | { max: number }
  | { int: true }
  | { pattern: RegExp }
  | { test: (value: never) => boolean; path?: readonly string[] }
  | { findProblem: (value: never) => string | undefined }
  | { change: (value: never) => unknown }
);

/** `continue`: whether what comes after it is looked at. */
export type Open = Finding & { continue?: boolean };

export function isWrong(findings: readonly Open[]): boolean {
  return findings.some((each) => !each.continue);
}

export function find(
  findings: Open[],
  finding: Omit<Open, "path" | "message"> & { path?: readonly PropertyKey[]; message?: string },
): void {
  findings.push({ path: [], message: "Invalid input", ...finding });
}

type LengthCheck = Extract<Check, { minLength: number } | { maxLength: number }>;

function isLonger(value: string | unknown[], than: number): boolean {
  return typeof value === "string" ? isLongerThan(value, than) : value.length > than;
}

/** What is neither a text nor a list has no length that counts. */
function findLengthFailure(check: LengthCheck, value: unknown): (Partial<Open> & { code: string }) | undefined {
  if (typeof value !== "string" && !Array.isArray(value)) return undefined;
  const origin = typeof value === "string" ? "string" : "array";
  if ("maxLength" in check)
    return isLonger(value, check.maxLength) ? { code: "too_big", origin, maximum: check.maxLength } : undefined;
  return isLonger(value, check.minLength - 1) ? undefined : { code: "too_small", origin, minimum: check.minLength };
}

function findFailure(check: Check, value: unknown): (Partial<Open> & { code: string }) | undefined {
  if ("minLength" in check || "maxLength" in check) return findLengthFailure(check, value);
  if ("min" in check)
    return (value as number) < check.min ? { code: "too_small", origin: "number", minimum: check.min } : undefined;
  if ("max" in check)
    return (value as number) > check.max ? { code: "too_big", origin: "number", maximum: check.max } : undefined;
  if ("int" in check) return Number.isInteger(value) ? undefined : { code: "invalid_type", expected: "int" };
  if ("pattern" in check) return check.pattern.test(value as string) ? undefined : { code: "invalid_format" };
  if ("test" in check) return check.test(value as never) ? undefined : { code: "custom", path: check.path ?? [] };
  const message = "findProblem" in check ? check.findProblem(value as never) : undefined;
  return message === undefined ? undefined : { code: "custom", message };
}

/** @param start of the findings of this very value: what is wrong already may make a check pointless */
export function makeCheck(check: Check, value: unknown, findings: Open[], start: number): unknown {
  if (findings.length > start) {
    const own = findings.slice(start);
    // What is of another kind may have a length all the same, as a text has where a list is wanted.
    const isOfLength = "minLength" in check || "maxLength" in check;
    if (isOfLength ? own.some((each) => each.continue === false) : isWrong(own)) return value;
  }
  if ("change" in check) return check.change(value as never);
  const failure = findFailure(check, value);
  if (failure) find(findings, { continue: !check.stops, ...(check.error && { message: check.error }), ...failure });
  return value;
}
