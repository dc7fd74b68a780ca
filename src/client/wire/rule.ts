/**
 * What a request or an answer must be, as plain data, and the check of it: what the schemas of src/api ask for, without zod,
 * so that an application carries a few bytes of it. The rules are written from the schemas (`endpoints.ts`), and find what zod
 * finds, in zod's own terms.
 */
import type { Finding } from "../../api/issues.ts";
import { type Check, find, isWrong, makeCheck, type Open } from "./checks.ts";
import { isObject, type Json } from "./json.ts";

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

/** What is found goes to the findings, in order. Values are made as they are sent (`copies`), or given back as they came. */
type Checker = (value: unknown, findings: Open[], copies: boolean) => unknown;

/** A list of records asks for the same rules again and again: each is made into a function once. */
const checkers = new WeakMap<Rule, Checker>();

/**
 * @param copies `false` for an answer, which is passed on as it came
 * @returns the value as it is sent (numbers normalised, defaults filled in), and what is wrong with it
 */
export function checkValue(
  rule: Rule,
  value: unknown,
  copies = true,
): { value: unknown; findings: readonly Finding[] } {
  const findings: Open[] = [];
  return { value: getChecker(rule)(value, findings, copies), findings };
}

function getChecker(rule: Rule): Checker {
  const checker = checkers.get(rule) ?? createChecker(rule);
  checkers.set(rule, checker);
  return checker;
}

function createChecker(rule: Rule): Checker {
  const { optional, nullable, fallback, checks = [] } = rule;
  const checkKind = createKindChecker(rule);
  // Its kind is all that it asks for, as most fields' rules.
  if (Object.keys(rule).length === 1) return checkKind;
  return (value, findings, copies) => {
    if (value === undefined && fallback !== undefined) return fallback;
    if ((value === undefined && optional) || (value === null && nullable)) return value;
    const start = findings.length;
    let checked = checkKind(value, findings, copies);
    for (const check of checks) checked = makeCheck(check, checked, findings, start);
    return checked;
  };
}

function createKindChecker(rule: Rule): Checker {
  const expected = rule.is;
  switch (rule.is) {
    case "unknown":
      return (value) => value;
    case "choice":
      return (value, findings) => {
        if (!rule.values.includes(value as string))
          find(findings, { code: "invalid_value", values: rule.values, ...(rule.error && { message: rule.error }) });
        return value;
      };
    case "union":
      return createUnionChecker(rule.of.map(getChecker));
    case "variant":
      return createVariantChecker(rule);
    case "array":
      return createTypeChecker(expected, Array.isArray, createListChecker(getChecker(rule.of), rule.checks));
    case "record":
      return createTypeChecker(expected, isPlainObject, createFieldsChecker({}, rule.of));
    case "object":
      return createTypeChecker(expected, isObject, createFieldsChecker(rule.fields, rule.rest));
    default:
      return (value, findings) => {
        if (typeof value !== expected || (expected === "number" && !Number.isFinite(value)))
          find(findings, { code: "invalid_type", expected });
        return value;
      };
  }
}

function createTypeChecker(
  expected: string,
  isOfType: (value: unknown) => boolean,
  check: (value: never, findings: Open[], copies: boolean) => unknown,
): Checker {
  return (value, findings, copies) => {
    if (isOfType(value)) return check(value as never, findings, copies);
    find(findings, { code: "invalid_type", expected });
    return value;
  };
}

/** Checks a value at a place of another. */
function checkPart(part: PropertyKey, check: Checker, value: unknown, findings: Open[], copies: boolean): unknown {
  const start = findings.length;
  const checked = check(value, findings, copies);
  for (let index = start; index < findings.length; index++) {
    const finding = findings[index] as Open;
    findings[index] = { ...finding, path: [part, ...finding.path] };
  }
  return checked;
}

function createListChecker(checkItem: Checker, checks: readonly Check[] = []) {
  return (items: readonly unknown[], findings: Open[], copies: boolean): unknown => {
    // One that is too long is not read.
    const tooLong = checks.find((each) => "maxLength" in each && items.length > each.maxLength);
    if (tooLong) return makeCheck({ ...tooLong, stops: true }, items, findings, findings.length);
    const checked: unknown[] = [];
    // What is left out of a list is undefined, too.
    for (let index = 0; index < items.length; index++)
      checked.push(checkPart(index, checkItem, items[index], findings, copies));
    return copies ? checked : items;
  };
}

function createFieldsChecker(fields: Readonly<Record<string, Rule>>, rest: Rule | null | undefined) {
  const known = Object.entries(fields).map(([key, rule]) => ({ key, check: getChecker(rule) }));
  const checkRest = rest && getChecker(rest);
  return (input: Json, findings: Open[], copies: boolean): unknown => {
    const value: Json = copies ? {} : input;
    for (const { key, check } of known) {
      const field = checkPart(key, check, input[key], findings, copies);
      if (copies && (field !== undefined || key in input)) value[key] = field;
    }
    if (rest === undefined && !copies) return value;
    const unknownKeys: string[] = [];
    for (const key in input) {
      if (Object.hasOwn(fields, key)) continue;
      if (rest === null) unknownKeys.push(key);
      else if (key !== "__proto__") {
        const field = checkRest ? checkPart(key, checkRest, input[key], findings, copies) : input[key];
        if (copies) value[key] = field;
      }
    }
    if (unknownKeys.length > 0) find(findings, { code: "unrecognized_keys", keys: unknownKeys, continue: true });
    return value;
  };
}

function createUnionChecker(checkers: readonly Checker[]): Checker {
  return (value, findings, copies) => {
    const start = findings.length;
    const failed: { value: unknown; findings: Open[] }[] = [];
    for (const check of checkers) {
      const checked = check(value, findings, copies);
      if (findings.length === start) return checked;
      failed.push({ value: checked, findings: findings.splice(start) });
    }
    // One that it is, with something wrong in it.
    const [nearest, ...others] = failed.filter((each) => !isWrong(each.findings));
    if (nearest && others.length === 0) {
      for (const finding of nearest.findings) findings.push(finding);
      return nearest.value;
    }
    find(findings, { code: "invalid_union", errors: failed.map((each) => each.findings) });
    return value;
  };
}

function createVariantChecker({ by, of }: Extract<Rule, { is: "variant" }>): Checker {
  return createTypeChecker("object", isObject, (value: Json, findings, copies) => {
    const name = value[by];
    if (typeof name === "string" && Object.hasOwn(of, name))
      return getChecker(of[name] as Rule)(value, findings, copies);
    find(findings, { code: "invalid_union", errors: [], discriminator: by, options: Object.keys(of), path: [by] });
    return value;
  });
}

/** A class's instance is no record. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const { constructor: madeBy } = value;
  return typeof madeBy !== "function" || Object.hasOwn(madeBy.prototype ?? {}, "isPrototypeOf");
}
