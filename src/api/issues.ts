/** Zod's findings as the API words them: where, what kind, and a sentence that says what to do. */
import type * as z from "zod";
import type { ErrorDetail } from "./envelope.ts";

type Issue = z.core.$ZodIssue;

const path = (parts: readonly PropertyKey[]): (string | number)[] =>
  parts.map((part) => (typeof part === "symbol" ? String(part) : part));

const kind = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;

/** The value an issue is about, from the input. */
const valueAt = (input: unknown, parts: readonly PropertyKey[]): unknown =>
  parts.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );

const sentence = (issue: Issue, input: unknown): string => {
  const given = valueAt(input, issue.path);
  switch (issue.code) {
    case "invalid_type":
      return given === undefined ? `is required (${issue.expected})` : `must be ${issue.expected}, not ${kind(given)}`;
    case "invalid_value":
      return given === undefined
        ? `is required: one of ${issue.values.join(", ")}`
        : issue.message.startsWith("Invalid ")
          ? `must be one of ${issue.values.join(", ")}`
          : issue.message;
    case "too_big":
      return issue.message.startsWith("Too big")
        ? `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : ""}`
        : issue.message;
    case "too_small":
      return issue.message.startsWith("Too small")
        ? `must be at least ${issue.minimum}${issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : ""}`
        : issue.message;
    default:
      return issue.message;
  }
};

const details = (issue: Issue, input: unknown): ErrorDetail[] => {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path(issue.path), key],
      code: issue.code,
      message: "is not a known field: remove it or correct its name",
    }));
  }
  if (issue.code === "invalid_union") {
    const discriminator = "discriminator" in issue ? issue.discriminator : undefined;
    const options = "options" in issue && Array.isArray(issue.options) ? issue.options : undefined;
    if (discriminator && options) {
      return [{ path: path(issue.path), code: "invalid_value", message: `must be one of ${options.join(", ")}` }];
    }
    const expected = [
      ...new Set(issue.errors.flat().flatMap((each) => (each.code === "invalid_type" ? [each.expected] : []))),
    ];
    const rest = issue.errors.flat().find((each) => each.code !== "invalid_type");
    const message =
      rest && expected.length < issue.errors.length
        ? sentence(rest, valueAt(input, issue.path))
        : `must be ${expected.join(", ").replace(/, ([^,]*)$/, " or $1")}`;
    return [{ path: path(issue.path), code: issue.code, message }];
  }
  return [{ path: path(issue.path), code: issue.code, message: sentence(issue, input) }];
};

/**
 * The findings of a failed parse as `details` of an error. An unknown field is named by its own path; each message
 * says what its path must be: `["phone"]`, "must be a phone number in E.164 form".
 */
export const errorDetails = (error: z.ZodError, input: unknown): ErrorDetail[] =>
  error.issues.flatMap((issue) => details(issue, input));

/** A detail as a sentence: `properties.externalId: must not be empty`. A whole body is called `what`. */
export const detailSentence = ({ path, message }: ErrorDetail, what = "the body"): string =>
  `${path.length > 0 ? path.join(".") : what}: ${message}`;
