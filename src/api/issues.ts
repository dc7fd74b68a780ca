/** Zod's findings as the API words them: where, what kind, and a sentence that says what to do. */
import type { ErrorDetail } from "./envelope.ts";

/** What is read of an issue of Zod's. */
export type Finding = {
  path: readonly PropertyKey[];
  code: string;
  message: string;
  /** Of `invalid_type`. */
  expected?: string;
  /** Of `invalid_value`. */
  values?: readonly unknown[];
  /** Of `too_big` and `too_small`: the kind of what is measured, and the bound. */
  origin?: string;
  maximum?: number | bigint;
  minimum?: number | bigint;
  /** Of `unrecognized_keys`. */
  keys?: readonly string[];
  /** Of `invalid_union`: the findings under the kinds it may be, or the field that tells them apart and its values. */
  errors?: readonly (readonly Finding[])[];
  discriminator?: string;
  options?: readonly unknown[];
};

function toPath(parts: readonly PropertyKey[]): (string | number)[] {
  return parts.map((part) => (typeof part === "symbol" ? String(part) : part));
}

const kinds: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  record: "an object",
  null: "null",
};

function nameKind(expected: string): string {
  return kinds[expected] ?? expected;
}

function describeKind(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "an array"
      : typeof value === "boolean"
        ? "a boolean"
        : nameKind(typeof value);
}

const units: Record<string, [one: string, more: string]> = {
  string: ["character", "characters"],
  array: ["item", "items"],
};

function describeBound(word: "least" | "most", origin: string, amount: number | bigint): string {
  const unit = units[origin];
  return unit ? `must have at ${word} ${amount} ${unit[Number(amount) === 1 ? 0 : 1]}` : `must be at ${word} ${amount}`;
}

function describeChoices(values: readonly unknown[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;
}

/** The value an issue is about, from the input. */
function getValueAt(input: unknown, parts: readonly PropertyKey[]): unknown {
  return parts.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}

/** Zod's own wording, which the schema has not replaced by a better one. */
function isZodsOwn(message: string): boolean {
  return /^(Invalid|Too big|Too small)\b/.test(message);
}

function describeIssue(issue: Finding, input: unknown): string {
  if (!isZodsOwn(issue.message)) return issue.message;
  const given = getValueAt(input, issue.path);
  const { expected = "", values = [], origin = "" } = issue;
  switch (issue.code) {
    case "invalid_type":
      return given === undefined
        ? `is required: ${nameKind(expected)}`
        : `must be ${nameKind(expected)}, not ${describeKind(given)}`;
    case "invalid_value":
      return given === undefined
        ? `is required: ${describeChoices(values).replace("must be ", "")}`
        : describeChoices(values);
    case "too_big":
      return describeBound("most", origin, issue.maximum ?? 0);
    case "too_small":
      return describeBound("least", origin, issue.minimum ?? 0);
    default:
      return issue.message;
  }
}

function describeUnion({ errors = [], path }: Finding, input: unknown): string {
  const findings = errors.flat();
  const expected = [
    ...new Set(findings.flatMap((each) => (each.code === "invalid_type" ? [nameKind(each.expected ?? "")] : []))),
  ];
  const rest = findings.find((each) => each.code !== "invalid_type");
  return rest && expected.length < errors.length
    ? describeIssue(rest, getValueAt(input, path))
    : `must be ${expected.join(", or ")}`;
}

function toDetails(issue: Finding, input: unknown): ErrorDetail[] {
  const { code } = issue;
  const path = toPath(issue.path);
  if (code === "unrecognized_keys")
    return (issue.keys ?? []).map((key) => ({
      path: [...path, key],
      code,
      message: "is not a known field: remove it or correct its name",
    }));
  if (code !== "invalid_union") return [{ path, code, message: describeIssue(issue, input) }];
  return issue.discriminator && issue.options
    ? [{ path, code: "invalid_value", message: describeChoices(issue.options) }]
    : [{ path, code, message: describeUnion(issue, input) }];
}

/**
 * The findings of a failed parse as `details` of an error. An unknown field is named by its own path; each message
 * says what its path must be: `["phone"]`, "must be a phone number in E.164 form".
 */
export function toErrorDetails(error: { readonly issues: readonly Finding[] }, input: unknown): ErrorDetail[] {
  return error.issues.flatMap((issue) => toDetails(issue, input));
}

/** A detail as a sentence: `properties.externalId: must not be empty`. A whole body is called `what`. */
export function describeDetail({ path, message }: ErrorDetail, what = "the body"): string {
  return `${path.length > 0 ? path.join(".") : what}: ${message}`;
}
