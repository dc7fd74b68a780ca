/** Validation with the schemas of the wire format; findings become the `details` of a 400, in words a person can act on. */
import * as z from "zod";
import type { ErrorDetail } from "../src/api/index.ts";
import { invalid } from "./answers.ts";

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
const kind = (expected: unknown): string => kinds[String(expected)] ?? String(expected);

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;

const units: Record<string, [string, string]> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
};
const count = (origin: unknown, amount: unknown): string => {
  const unit = units[String(origin)];
  return unit ? `${amount} ${unit[Number(amount) === 1 ? 0 : 1]}` : String(amount);
};
const bound = (issue: { origin?: unknown }, word: string, amount: unknown): string =>
  `must ${String(issue.origin) in units ? "have" : "be"} at ${word} ${count(issue.origin, amount)}`;

/** Words for what zod finds, where the schema itself gives none. */
const inWords = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be ${kind(issue.expected)}`;
    case "invalid_value":
      return issue.input === undefined ? `is required: ${oneOf(issue.values)}` : oneOf(issue.values);
    case "too_small":
      return bound(issue, "least", issue.minimum);
    case "too_big":
      return bound(issue, "most", issue.maximum);
    case "invalid_union": {
      if ("options" in issue && Array.isArray(issue.options)) return oneOf(issue.options);
      const wanted = issue.errors.flat().map((error) => ("expected" in error ? kind(error.expected) : error.message));
      return `must be ${[...new Set(wanted)].join(", or ")}`;
    }
    default:
      return undefined;
  }
};

const toDetails = (issue: z.core.$ZodIssue): ErrorDetail[] => {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      code: issue.code,
      message: "is not a field of this request; remove it or check its spelling",
    }));
  }
  const message = path.length === 0 && issue.code === "invalid_type" ? `the body ${issue.message}` : issue.message;
  return [{ path, code: issue.code, message }];
};

export type Parts = { schema: z.ZodType; value: unknown }[];

/**
 * The values of all parts (path, query, body), as their schemas give them.
 * @throws Refusal 400 with the findings of all of them
 */
export const validateParts = (parts: Parts): unknown[] => {
  const results = parts.map(({ schema, value }) => schema.safeParse(value, { error: inWords }));
  const details = results.flatMap((result) => (result.success ? [] : result.error.issues.flatMap(toDetails)));
  if (details.length > 0) throw invalid(details);
  return results.map((result) => result.data);
};

/** As {@link validateParts}, for one value. */
export const validate = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> =>
  validateParts([{ schema, value }])[0] as z.output<Schema>;

/**
 * The query as an object: numbers where the schema wants them. A parameter given twice is a list, which no schema of
 * the API takes, so that it is named instead of one value being dropped in silence.
 */
export const queryValues = (query: URLSearchParams, schema: z.ZodObject): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const all = query.getAll(name);
    const value = all.length === 1 ? all[0] : all;
    const wantsNumber = Object.hasOwn(schema.shape, name) && isNumber(schema.shape[name] as z.ZodType);
    values[name] = wantsNumber && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return values;
};

const isNumber = (schema: z.ZodType): boolean => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isNumber(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodNumber;
};
