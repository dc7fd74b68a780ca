/** What a schema is made of, as zod keeps it: as much as the client's rules and types are written from. */
import type * as z from "zod";

export type CheckDefinition = {
  check: string;
  minimum?: number;
  maximum?: number;
  value?: number;
  inclusive?: boolean;
  format?: string;
  pattern?: RegExp;
  path?: string[];
  abort?: boolean;
  error?: (issue: object) => string | undefined;
  params?: { findProblem?: unknown };
  fn?: unknown;
  tx?: unknown;
};

export type Definition = {
  type: string;
  checks?: { _zod: { def: CheckDefinition } }[];
  innerType?: z.ZodType;
  defaultValue?: unknown;
  element?: z.ZodType;
  valueType?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  options?: z.ZodType[];
  discriminator?: string;
  entries?: Record<string, string>;
  values?: unknown[];
  error?: (issue: object) => string | undefined;
};

export function getDefinition(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** Without what says that it may be missing, `null` or filled in. */
export type Unwrapped = { schema: z.ZodType; optional: boolean; nullable: boolean; fallback?: unknown };

export function unwrap(schema: z.ZodType): Unwrapped {
  const { type, innerType, defaultValue } = getDefinition(schema);
  if (innerType === undefined) return { schema, optional: false, nullable: false };
  const inner = unwrap(innerType);
  if (type === "optional") return { ...inner, optional: true };
  if (type === "nullable") return { ...inner, nullable: true };
  if (type === "default") return { ...inner, fallback: defaultValue };
  throw new Error(`there is no rule for a schema of type ${type}`);
}
