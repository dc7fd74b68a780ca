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

/** A check under way: what it has found so far, in order, and whether it makes the value as it is sent. */
type Walk = { findings: Open[]; copies: boolean };

/**
 * @param copies `false` for an answer, which is passed on as it came
 * @returns the value as it is sent (numbers normalised, defaults filled in), and what is wrong with it
 */
export function checkValue(
  rule: Rule,
  value: unknown,
  copies = true,
): { value: unknown; findings: readonly Finding[] } {
  const walk: Walk = { findings: [], copies };
  return { value: checkRule(rule, value, walk), findings: walk.findings };
}

function checkRule(rule: Rule, value: unknown, walk: Walk): unknown {
  if (value === undefined && "fallback" in rule) return rule.fallback;
  if ((value === undefined && rule.optional) || (value === null && rule.nullable)) return value;
  const start = walk.findings.length;
  let checked = checkKind(rule, value, walk);
  if (rule.checks) for (const each of rule.checks) checked = makeCheck(each, checked, walk, start);
  return checked;
}

function isWrong(findings: readonly Open[], start = 0): boolean {
  for (let index = start; index < findings.length; index++) if (findings[index]?.continue !== true) return true;
  return false;
}

function find(
  { findings }: Walk,
  finding: Omit<Open, "path" | "message"> & { path?: readonly PropertyKey[]; message?: string },
): void {
  findings.push({ path: [], ...finding, message: finding.message ?? "Invalid input" });
}

function checkKind(rule: Rule, value: unknown, walk: Walk): unknown {
  switch (rule.is) {
    case "unknown":
      break;
    case "choice":
      if (!rule.values.includes(value as string))
        find(walk, { code: "invalid_value", values: rule.values, ...(rule.error && { message: rule.error }) });
      break;
    case "union":
      return checkUnion(rule.of, value, walk);
    case "variant":
      return checkVariant(rule, value, walk);
    case "array":
      if (Array.isArray(value)) return checkList(rule.of, value, rule.checks, walk);
      find(walk, { code: "invalid_type", expected: "array" });
      break;
    case "record":
      if (isPlainObject(value)) return checkFields(noFields, rule.of, value, walk);
      find(walk, { code: "invalid_type", expected: "record" });
      break;
    case "object":
      if (isObject(value)) return checkFields(rule.fields, rule.rest, value, walk);
      find(walk, { code: "invalid_type", expected: "object" });
      break;
    default:
      if (typeof value !== rule.is || (rule.is === "number" && !Number.isFinite(value)))
        find(walk, { code: "invalid_type", expected: rule.is });
  }
  return value;
}

/** Checks a value at a place of another. */
function checkPart(part: PropertyKey, rule: Rule, value: unknown, walk: Walk): unknown {
  const { findings } = walk;
  const start = findings.length;
  const checked = checkRule(rule, value, walk);
  for (let index = start; index < findings.length; index++) {
    const finding = findings[index] as Open;
    findings[index] = { ...finding, path: [part, ...finding.path] };
  }
  return checked;
}

function checkList(rule: Rule, items: readonly unknown[], checks: readonly Check[] = [], walk: Walk): unknown {
  // One that is too long is not read.
  const tooLong = checks.find((each) => "maxLength" in each && items.length > each.maxLength);
  if (tooLong) return makeCheck({ ...tooLong, stops: true }, items, walk, walk.findings.length);
  // What is left out of a list is undefined, too.
  const checked = Array.from(items, (item, index) => checkPart(index, rule, item, walk));
  return walk.copies ? checked : items;
}

type Fields = Extract<Rule, { is: "object" }>["fields"];
const noFields: Fields = {};

function checkFields(fields: Fields, rest: Rule | null | undefined, input: Json, walk: Walk): unknown {
  const { copies } = walk;
  const value: Json = copies ? {} : input;
  const take = (key: string, rule: Rule) => {
    const field = checkPart(key, rule, input[key], walk);
    if (copies && (field !== undefined || key in input)) value[key] = field;
  };
  for (const key in fields) take(key, fields[key] as Rule);
  if (rest === undefined && !copies) return value;
  const unknownKeys: string[] = [];
  for (const key in input) {
    if (Object.hasOwn(fields, key)) continue;
    if (rest === null) unknownKeys.push(key);
    else if (key === "__proto__") continue;
    else if (rest) take(key, rest);
    else value[key] = input[key];
  }
  if (unknownKeys.length > 0) find(walk, { code: "unrecognized_keys", keys: unknownKeys, continue: true });
  return value;
}

function checkUnion(rules: readonly Rule[], value: unknown, walk: Walk): unknown {
  const { findings } = walk;
  const start = findings.length;
  const failed: { value: unknown; findings: Open[] }[] = [];
  for (const rule of rules) {
    const checked = checkRule(rule, value, walk);
    if (findings.length === start) return checked;
    failed.push({ value: checked, findings: findings.splice(start) });
  }
  // One that it is, with something wrong in it.
  const [nearest, ...others] = failed.filter((each) => !isWrong(each.findings));
  if (nearest && others.length === 0) {
    for (const finding of nearest.findings) findings.push(finding);
    return nearest.value;
  }
  find(walk, { code: "invalid_union", errors: failed.map((each) => each.findings) });
  return value;
}

function checkVariant({ by, of }: Extract<Rule, { is: "variant" }>, value: unknown, walk: Walk): unknown {
  if (!isObject(value)) {
    find(walk, { code: "invalid_type", expected: "object" });
    return value;
  }
  const name = value[by];
  if (typeof name === "string" && Object.hasOwn(of, name)) return checkRule(of[name] as Rule, value, walk);
  find(walk, { code: "invalid_union", errors: [], discriminator: by, options: Object.keys(of), path: [by] });
  return value;
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
  const message = "findProblem" in check ? check.findProblem(value as never) : undefined;
  return message === undefined ? undefined : { code: "custom", message };
}

/** @param start of the findings of this very value: what is wrong already may make a check pointless */
function makeCheck(check: Check, value: unknown, walk: Walk, start: number): unknown {
  const { findings } = walk;
  if (findings.length > start) {
    // What is of another kind may have a length all the same, as a text has where a list is wanted.
    const isOfLength = "minLength" in check || "maxLength" in check;
    if (isOfLength ? findings.slice(start).some((each) => each.continue === false) : isWrong(findings, start))
      return value;
  }
  if ("change" in check) return check.change(value as never);
  const failure = findFailure(check, value);
  if (failure) find(walk, { continue: !check.stops, ...(check.error && { message: check.error }), ...failure });
  return value;
}
