/**
 * Whether a value is what a rule asks for: what `checkValue` says of it, without the findings and without a copy. An answer is
 * held against its rule each time, and nearly always right, so that a rule is made a function of its own the first time.
 */
import { isObject, type Json } from "./json.ts";
import { findFailure, isPlainObject, type Rule } from "./rule.ts";

type Test = (value: unknown) => boolean;

const tests = new WeakMap<Rule, Test>();

/** @param rule one that changes nothing, as of an answer */
export function isRight(rule: Rule, value: unknown): boolean {
  let test = tests.get(rule);
  if (!test) {
    test = makeTest(rule);
    tests.set(rule, test);
  }
  return test(value);
}

function makeTest(rule: Rule): Test {
  const { checks, nullable = false } = rule;
  const isOfKind = makeKindTest(rule);
  const isGiven: Test = checks
    ? (value) => isOfKind(value) && !checks.some((check) => findFailure(check, value))
    : isOfKind;
  const isOptional = rule.optional === true || "fallback" in rule;
  if (!isOptional && !nullable) return isGiven;
  return (value) => (value === undefined && isOptional) || (value === null && nullable) || isGiven(value);
}

function makeKindTest(rule: Rule): Test {
  switch (rule.is) {
    case "unknown":
      return () => true;
    case "number":
      return Number.isFinite;
    case "string":
      return (value) => typeof value === "string";
    case "boolean":
      return (value) => typeof value === "boolean";
    case "choice":
      return (value) => rule.values.includes(value as string);
    case "union": {
      const kinds = rule.of.map(makeTest);
      return (value) => kinds.some((isKind) => isKind(value));
    }
    case "variant": {
      const kinds = new Map(Object.entries(rule.of).map(([name, of]) => [name as unknown, makeTest(of)]));
      return (value) => isObject(value) && kinds.get(value[rule.by])?.(value) === true;
    }
    case "array": {
      const isItem = makeTest(rule.of);
      return (value) => Array.isArray(value) && areAll(value, isItem);
    }
    case "record": {
      const isField = makeTest(rule.of);
      return (value) => isPlainObject(value) && isRestRight(value, {}, isField);
    }
    case "object":
      return makeObjectTest(rule);
  }
}

/** `every` leaves out what a list leaves out. */
function areAll(items: readonly unknown[], isItem: Test): boolean {
  for (let index = 0; index < items.length; index++) if (!isItem(items[index])) return false;
  return true;
}

function makeObjectTest({ fields, rest }: Extract<Rule, { is: "object" }>): Test {
  const names = Object.keys(fields);
  const fieldTests = Object.values(fields).map(makeTest);
  const isRest = rest && makeTest(rest);
  return (value) => {
    if (!isObject(value)) return false;
    for (let index = 0; index < names.length; index++)
      if (!(fieldTests[index] as Test)(value[names[index] as string])) return false;
    return rest === undefined || isRestRight(value, fields, isRest);
  };
}

/** @param isRest `null`: there are no other fields */
function isRestRight(value: Json, fields: Readonly<Json>, isRest: Test | null | undefined): boolean {
  for (const key in value) {
    if (Object.hasOwn(fields, key)) continue;
    if (!isRest) return false;
    if (key !== "__proto__" && !isRest(value[key])) return false;
  }
  return true;
}
