/**
 * What a request or an answer must be, as plain data, and the check of it: what the schemas of src/api ask for, without zod,
 * so that an application carries a few bytes of it. The rules are written from the schemas (`endpoints.ts`), and find what zod
 * finds, in zod's own terms.
 */
import type { Finding } from "../../api/issues.ts";
import { isLongerThan } from "../../api/values/checks.ts";
import { isObject, type Json } from "./json.ts";

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

/** @returns the value as it is sent (numbers normalised, defaults filled in), and what is wrong with it */
export function checkValue(rule: Rule, value: unknown): { value: unknown; findings: readonly Finding[] } {
  const findings: Open[] = [];
  return { value: checkRule(rule, value, findings), findings };
}

/** @param findings what is wrong is added to them */
function checkRule(rule: Rule, value: unknown, findings: Open[]): unknown {
  if (value === undefined && "fallback" in rule) return rule.fallback;
  if ((value === undefined && rule.optional) || (value === null && rule.nullable)) return value;
  const start = findings.length;
  let checked = checkKind(rule, value, findings);
  if (rule.checks) for (const each of rule.checks) checked = makeCheck(each, checked, findings, start);
  return checked;
}

function isWrong(findings: readonly Open[], start = 0): boolean {
  for (let index = start; index < findings.length; index++) if (findings[index]?.continue !== true) return true;
  return false;
}

function find(
  findings: Open[],
  finding: Omit<Open, "path" | "message"> & { path?: readonly PropertyKey[]; message?: string },
): void {
  findings.push({ path: [], ...finding, message: finding.message ?? "Invalid input" });
}

function checkKind(rule: Rule, value: unknown, findings: Open[]): unknown {
  switch (rule.is) {
    case "unknown":
      break;
    case "choice":
      if (!rule.values.includes(value as string))
        find(findings, { code: "invalid_value", values: rule.values, ...(rule.error && { message: rule.error }) });
      break;
    case "union":
      return checkUnion(rule.of, value, findings);
    case "variant":
      return checkVariant(rule, value, findings);
    case "array":
      if (Array.isArray(value)) return checkList(rule.of, value, rule.checks, findings);
      find(findings, { code: "invalid_type", expected: "array" });
      break;
    case "record":
      if (isPlainObject(value)) return checkFields(noFields, rule.of, value, findings);
      find(findings, { code: "invalid_type", expected: "record" });
      break;
    case "object":
      if (isObject(value)) return checkFields(rule.fields, rule.rest, value, findings);
      find(findings, { code: "invalid_type", expected: "object" });
      break;
    default:
      if (typeof value !== rule.is || (rule.is === "number" && !Number.isFinite(value)))
        find(findings, { code: "invalid_type", expected: rule.is });
  }
  return value;
}

/** Checks a value at a place of another. */
function checkPart(part: PropertyKey, rule: Rule, value: unknown, findings: Open[]): unknown {
  const start = findings.length;
  const checked = checkRule(rule, value, findings);
  for (let index = start; index < findings.length; index++) {
    const finding = findings[index] as Open;
    findings[index] = { ...finding, path: [part, ...finding.path] };
  }
  return checked;
}

function checkList(rule: Rule, items: readonly unknown[], checks: readonly Check[] = [], findings: Open[]): unknown {
  // One that is too long is not read.
  const tooLong = checks.find((each) => "maxLength" in each && items.length > each.maxLength);
  if (tooLong) return makeCheck({ ...tooLong, stops: true }, items, findings, findings.length);
  const list: unknown[] = [];
  // What is left out of a list is undefined, too.
  for (let index = 0; index < items.length; index++) list.push(checkPart(index, rule, items[index], findings));
  return list;
}

type Fields = Extract<Rule, { is: "object" }>["fields"];
const noFields: Fields = {};

function checkFields(fields: Fields, rest: Rule | null | undefined, input: Json, findings: Open[]): unknown {
  const value: Json = {};
  const take = (key: string, rule: Rule) => {
    const field = checkPart(key, rule, input[key], findings);
    if (field !== undefined || key in input) value[key] = field;
  };
  for (const key in fields) take(key, fields[key] as Rule);
  const unknownKeys: string[] = [];
  for (const key in input) {
    if (Object.hasOwn(fields, key)) continue;
    if (rest === null) unknownKeys.push(key);
    else if (key === "__proto__") continue;
    else if (rest) take(key, rest);
    else value[key] = input[key];
  }
  if (unknownKeys.length > 0)
    findings.push({
      ...{ code: "unrecognized_keys", keys: unknownKeys },
      ...{ path: [], message: "Invalid input", continue: true },
    });
  return value;
}

function checkUnion(rules: readonly Rule[], value: unknown, findings: Open[]): unknown {
  const start = findings.length;
  const failed: { value: unknown; findings: Open[] }[] = [];
  for (const rule of rules) {
    const checked = checkRule(rule, value, findings);
    if (findings.length === start) return checked;
    failed.push({ value: checked, findings: findings.splice(start) });
  }
  // One that it is, with something wrong in it.
  const [nearest, ...others] = failed.filter((each) => !isWrong(each.findings));
  if (nearest && others.length === 0) {
    for (const finding of nearest.findings) findings.push(finding);
    return nearest.value;
  }
  const errors = failed.map((each) => each.findings);
  findings.push({ code: "invalid_union", errors, path: [], message: "Invalid input" });
  return value;
}

function checkVariant({ by, of }: Extract<Rule, { is: "variant" }>, value: unknown, findings: Open[]): unknown {
  if (!isObject(value)) {
    find(findings, { code: "invalid_type", expected: "object" });
    return value;
  }
  const name = value[by];
  if (typeof name === "string" && Object.hasOwn(of, name)) return checkRule(of[name] as Rule, value, findings);
  find(findings, { code: "invalid_union", errors: [], discriminator: by, options: Object.keys(of), path: [by] });
  return value;
}

/** A class's instance is no record. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
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

export function findFailure(check: Check, value: unknown): (Partial<Open> & { code: string }) | undefined {
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
function makeCheck(check: Check, value: unknown, findings: Open[], start: number): unknown {
  if (findings.length > start) {
    // What is of another kind may have a length all the same, as a text has where a list is wanted.
    const isOfLength = "minLength" in check || "maxLength" in check;
    if (isOfLength ? findings.slice(start).some((each) => each.continue === false) : isWrong(findings, start))
      return value;
  }
  if ("change" in check) return check.change(value as never);
  const failure = findFailure(check, value);
  if (failure) find(findings, { continue: !check.stops, ...(check.error && { message: check.error }), ...failure });
  return value;
}
