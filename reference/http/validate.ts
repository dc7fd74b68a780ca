/** Validation with the schemas of the wire format; findings become the `details` of a 400. */
import * as z from "zod";
import { errorDetails } from "../../src/api/index.ts";
import { invalidField, invalidRequest } from "./answers.ts";

export type Parts = { schema: z.ZodType; value: unknown }[];

/**
 * The values of all parts (path, query, body), as their schemas give them.
 * @throws Refusal 400 with the findings of all of them
 */
export function validateParts(parts: Parts): unknown[] {
  const results = parts.map(({ schema, value }) => ({ value, ...schema.safeParse(value) }));
  const details = results.flatMap(({ error, value }) => (error ? errorDetails(error, value) : []));
  if (details.length > 0) throw invalidRequest(details);
  return results.map((result) => result.data);
}

/** As {@link validateParts}, for one value. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  return validateParts([{ schema, value }])[0] as z.output<Schema>;
}

/**
 * The query as an object: numbers where the schema wants them. A parameter given twice is a list, which no schema of
 * the API takes, so that it is named instead of one value being dropped in silence.
 */
export function readQuery(query: URLSearchParams, schema: z.ZodObject): Record<string, unknown> {
  const names = [...new Set(query.keys())];
  // zod passes this one over, as if nobody had given it.
  if (names.includes("__proto__")) throw invalidField(["__proto__"], "is not a known parameter: remove it");
  return Object.fromEntries(
    names.map((name) => {
      const all = query.getAll(name);
      const value = all.length === 1 ? all[0] : all;
      const wantsNumber = Object.hasOwn(schema.shape, name) && isNumber(schema.shape[name] as z.ZodType);
      const isDecimal = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
      return [name, wantsNumber && isDecimal ? Number(value) : value];
    }),
  );
}

function isNumber(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isNumber(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodNumber;
}
