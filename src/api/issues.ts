/** Zod's findings as the API words them: where, what kind, and a sentence that says what to do. */
import type * as z from "zod";
import type { ErrorDetail } from "./envelope.ts";

type Issue = z.core.$ZodIssue;

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

function describeIssue(issue: Issue, input: unknown): string {
  if (!isZodsOwn(issue.message)) return issue.message;
  const given = getValueAt(input, issue.path);
  switch (issue.code) {
    case "invalid_type":
      return given === undefined
        ? `is required: ${nameKind(issue.expected)}`
        : `must be ${nameKind(issue.expected)}, not ${describeKind(given)}`;
    case "invalid_value":
      return given === undefined
        ? `is required: ${describeChoices(issue.values).replace("must be ", "")}`
        : describeChoices(issue.values);
    case "too_big":
      return describeBound("most", issue.origin, issue.maximum);
    case "too_small":
      return describeBound("least", issue.origin, issue.minimum);
    default:
      return issue.message;
  }
}

function toDetails(issue: Issue, input: unknown): ErrorDetail[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...toPath(issue.path), key],
      code: issue.code,
      message: "is not a known field: remove it or correct its name",
    }));
  }
  if (issue.code === "invalid_union") {
    const discriminator = "discriminator" in issue ? issue.discriminator : undefined;
    const options = "options" in issue && Array.isArray(issue.options) ? issue.options : undefined;
    if (discriminator && options) {
      return [{ path: toPath(issue.path), code: "invalid_value", message: describeChoices(options) }];
    }
    const expected = [
      ...new Set(
        issue.errors.flat().flatMap((each) => (each.code === "invalid_type" ? [nameKind(each.expected)] : [])),
      ),
    ];
    const rest = issue.errors.flat().find((each) => each.code !== "invalid_type");
    const message =
      rest && expected.length < issue.errors.length
        ? describeIssue(rest, getValueAt(input, issue.path))
        : `must be ${expected.join(", or ")}`;
    return [{ path: toPath(issue.path), code: issue.code, message }];
  }
  return [{ path: toPath(issue.path), code: issue.code, message: describeIssue(issue, input) }];
}

/**
 * The findings of a failed parse as `details` of an error. An unknown field is named by its own path; each message
 * says what its path must be: `["phone"]`, "must be a phone number in E.164 form".
 */
export function toErrorDetails(error: z.ZodError, input: unknown): ErrorDetail[] {
  return error.issues.flatMap((issue) => toDetails(issue, input));
}

/** A detail as a sentence: `properties.externalId: must not be empty`. A whole body is called `what`. */
export function describeDetail({ path, message }: ErrorDetail, what = "the body"): string {
  return `${path.length > 0 ? path.join(".") : what}: ${message}`;
}
