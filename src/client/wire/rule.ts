/**
 * What a request or an answer must be, as plain data, and the check of it: what the schemas of src/api ask for, without zod,
 * so that an application carries a few bytes of it. The rules are written from the schemas (`endpoints.ts`), and find what zod
 * finds, in zod's own terms.
 */
import type { Finding } from "../../api/issues.ts";
import { isLongerThan } from "../../api/values/checks.ts";
import { isObject } from "./json.ts";

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

type Wrapped = { optional?: true; nullable?: true; fallback?: unknown; checks?: readonly Check[] };

export type Rule = Wrapped &
  (
    | { is: "string" | "number" | "boolean" | "unknown" }
    | { is: "choice"; values: readonly string[]; error?: string }
    | { is: "array"; of: Rule }
    | { is: "record"; of: Rule }
    /** `rest`: what other fields must be; they pass where it is missing, and are findings where it is `null`. */
    | { is: "object"; fields: Readonly<Record<string, Rule>>; rest?: Rule | null }
    | { is: "union"; of: readonly Rule[] }
    /** Which of the rules it is tells the field `by`. */
    | { is: "variant"; by: string; of: Readonly<Record<string, Rule>> }
  );

/** `continue`: whether what comes after it is looked at. */
type Open = Finding & { continue?: boolean };
type Result = { value: unknown; findings: Open[] };

/** @returns the value as it is sent (numbers normalised, defaults filled in), and what is wrong with it */
export function checkValue(rule: Rule, value: unknown): Result {
  if (value === undefined && "fallback" in rule) return { value: rule.fallback, findings: [] };
  if ((value === undefined && rule.optional) || (value === null && rule.nullable)) return { value, findings: [] };
  const result = checkKind(rule, value);
  for (const check of rule.checks ?? []) makeCheck(check, result);
  return result;
}

function isWrong(findings: readonly Open[]): boolean {
  return findings.some((finding) => finding.continue !== true);
}

function find(
  result: Result,
  finding: Omit<Open, "path" | "message"> & { path?: readonly PropertyKey[]; message?: string },
): void {
  result.findings.push({ path: [], ...finding, message: finding.message ?? "Invalid input" });
}

function checkKind(rule: Rule, value: unknown): Result {
  const result: Result = { value, findings: [] };
  switch (rule.is) {
    case "unknown":
      break;
    case "choice":
      if (!rule.values.includes(value as string))
        find(result, { code: "invalid_value", values: rule.values, ...(rule.error && { message: rule.error }) });
      break;
    case "union":
      return checkUnion(rule.of, value);
    case "variant":
      return checkVariant(rule, value);
    case "array":
      if (Array.isArray(value)) return checkList(rule.of, value, rule.checks);
      find(result, { code: "invalid_type", expected: "array" });
      break;
    case "record":
      if (isPlainObject(value)) return checkFields({}, rule.of, value);
      find(result, { code: "invalid_type", expected: "record" });
      break;
    case "object":
      if (isObject(value)) return checkFields(rule.fields, rule.rest, value);
      find(result, { code: "invalid_type", expected: "object" });
      break;
    default:
      if (typeof value !== rule.is || (rule.is === "number" && !Number.isFinite(value)))
        find(result, { code: "invalid_type", expected: rule.is });
  }
  return result;
}

function checkList(rule: Rule, items: readonly unknown[], checks: readonly Check[] = []): Result {
  // One that is too long is not read.
  const tooLong = checks.find((check) => "maxLength" in check && items.length > check.maxLength);
  if (tooLong) {
    const result: Result = { value: items, findings: [] };
    makeCheck({ ...tooLong, stops: true }, result);
    return result;
  }
  // What is left out of a list is undefined, too.
  const results = Array.from(items, (item) => checkValue(rule, item));
  return {
    value: results.map(({ value }) => value),
    findings: results.flatMap(({ findings }, index) => addPath(index, findings)),
  };
}

function addPath(part: PropertyKey, findings: readonly Open[]): Open[] {
  return findings.map((finding) => ({ ...finding, path: [part, ...finding.path] }));
}

function checkFields(
  fields: Readonly<Record<string, Rule>>,
  rest: Rule | null | undefined,
  input: Record<string, unknown>,
): Result {
  const value: Record<string, unknown> = {};
  const findings: Open[] = [];
  const keys: string[] = [];
  const take = (key: string, rule: Rule) => {
    const result = checkValue(rule, input[key]);
    for (const finding of addPath(key, result.findings)) findings.push(finding);
    if (result.value !== undefined || key in input) value[key] = result.value;
  };
  for (const [key, rule] of Object.entries(fields)) take(key, rule);
  for (const key in input) {
    if (Object.hasOwn(fields, key)) continue;
    if (rest === null) keys.push(key);
    else if (key === "__proto__") continue;
    else if (rest) take(key, rest);
    else value[key] = input[key];
  }
  if (keys.length > 0)
    findings.push({ code: "unrecognized_keys", keys, path: [], message: "Invalid input", continue: true });
  return { value, findings };
}

function checkUnion(rules: readonly Rule[], value: unknown): Result {
  const results = rules.map((rule) => checkValue(rule, value));
  const right = results.find(({ findings }) => findings.length === 0);
  if (right) return right;
  // One that it is, with something wrong in it.
  const [nearest, ...others] = results.filter(({ findings }) => !isWrong(findings));
  if (nearest && others.length === 0) return nearest;
  const errors = results.map(({ findings }) => findings);
  return { value, findings: [{ code: "invalid_union", errors, path: [], message: "Invalid input" }] };
}

function checkVariant({ by, of }: Extract<Rule, { is: "variant" }>, value: unknown): Result {
  const result: Result = { value, findings: [] };
  if (!isObject(value)) {
    find(result, { code: "invalid_type", expected: "object" });
    return result;
  }
  const name = value[by];
  if (typeof name === "string" && Object.hasOwn(of, name)) return checkValue(of[name] as Rule, value);
  find(result, { code: "invalid_union", errors: [], discriminator: by, options: Object.keys(of), path: [by] });
  return result;
}

/** A class's instance is no record. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const { constructor: madeBy } = value;
  return typeof madeBy !== "function" || Object.hasOwn(madeBy.prototype ?? {}, "isPrototypeOf");
}

type LengthCheck = Extract<Check, { minLength: number } | { maxLength: number }>;

/** What is neither a text nor a list has no length that counts. */
function findLengthFailure(check: LengthCheck, value: unknown): (Partial<Open> & { code: string }) | undefined {
  if (typeof value !== "string" && !Array.isArray(value)) return undefined;
  const isLonger = (than: number) => (typeof value === "string" ? isLongerThan(value, than) : value.length > than);
  const origin = typeof value === "string" ? "string" : "array";
  if ("maxLength" in check)
    return isLonger(check.maxLength) ? { code: "too_big", origin, maximum: check.maxLength } : undefined;
  return isLonger(check.minLength - 1) ? undefined : { code: "too_small", origin, minimum: check.minLength };
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
  if ("change" in check) return undefined;
  const message = check.findProblem(value as never);
  return message === undefined ? undefined : { code: "custom", message };
}

function makeCheck(check: Check, result: Result): void {
  const { findings } = result;
  // What is of another kind may have a length all the same, as a text has where a list is wanted.
  const isOfLength = "minLength" in check || "maxLength" in check;
  if (isOfLength ? findings.some((finding) => finding.continue === false) : isWrong(findings)) return;
  if ("change" in check) result.value = check.change(result.value as never);
  const failure = findFailure(check, result.value);
  if (failure) find(result, { continue: !check.stops, ...(check.error && { message: check.error }), ...failure });
}
