/**
 * What the schema of a field says about it. Read off the schema itself: turning the schemas into JSON Schema first would take
 * longer than all the rest of the app takes to load, in every cold start of a Zap's step.
 */
import * as z from "zod";

export type FieldDescription = {
  /** zod's name of the innermost type: string, number, boolean, enum, array, object, record. */
  type: string;
  required: boolean;
  default?: unknown;
  /** An enum's values. */
  options?: readonly string[];
  title?: string;
  description?: string;
  examples?: readonly unknown[];
};

type SchemaDefinition = {
  type: string;
  innerType?: z.core.$ZodType;
  defaultValue?: unknown;
  entries?: Readonly<Record<string, string>>;
};

/** What a wrapper (optional, nullable, default) says goes before what it wraps says, which stands where it says nothing. */
export function describeField(schema: z.core.$ZodType): FieldDescription {
  const def = schema._zod.def as unknown as SchemaDefinition;
  const { title, description, examples } = z.globalRegistry.get(schema) ?? {};
  const innermost: FieldDescription = def.innerType
    ? describeField(def.innerType)
    : { type: def.type, required: true, ...(def.entries && { options: Object.values(def.entries) }) };
  return {
    ...innermost,
    ...((def.type === "optional" || def.type === "default") && { required: false }),
    ...(def.type === "default" && { default: def.defaultValue }),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(Array.isArray(examples) && { examples }),
  };
}
