/**
 * What a field's schema says about it. Read off the schema itself: turning the schemas into JSON Schema first would take
 * longer than all the rest of the app takes to load, in every cold start of a Zap's step.
 */
import * as z from "zod";

export type Facts = {
  /** zod's name of the innermost type: string, number, boolean, enum, array, object, record. */
  kind: string;
  required: boolean;
  default?: unknown;
  /** An enum's values. */
  options?: readonly string[];
  title?: string | undefined;
  description?: string | undefined;
  examples?: readonly unknown[];
};

type Definition = {
  type: string;
  innerType?: z.core.$ZodType;
  defaultValue?: unknown;
  entries?: Readonly<Record<string, string>>;
};

/** Wrappers (optional, nullable, default) go before what they wrap. */
export function factsOf(schema: z.core.$ZodType): Facts {
  const def = schema._zod.def as unknown as Definition;
  const { title, description, examples } = z.globalRegistry.get(schema) ?? {};
  const inner: Facts = def.innerType
    ? factsOf(def.innerType)
    : { kind: def.type, required: true, ...(def.entries && { options: Object.values(def.entries) }) };
  return {
    ...inner,
    ...((def.type === "optional" || def.type === "default") && { required: false }),
    ...(def.type === "default" && { default: def.defaultValue }),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(Array.isArray(examples) && { examples }),
  };
}
