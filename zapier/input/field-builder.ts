/** Input fields from an operation's schema: label, help, placeholder, choices and type are stated there. */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { describeField } from "../schema-field.ts";
import { toChoices } from "./choices.ts";

function toPlaceholder(examples: readonly unknown[] = []): string | undefined {
  const example = Array.isArray(examples[0]) ? examples[0][0] : examples[0];
  return typeof example === "string" || typeof example === "number" ? String(example) : undefined;
}

/** Gives `field(key, overrides)`: one field of the schema, with other texts or another layout where Zapier needs them. */
export function createFieldBuilder<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return (key: keyof Shape & string, overrides: Partial<PlainInputField> = {}): PlainInputField => {
    const described = describeField(schema.shape[key] as unknown as z.core.$ZodType);
    const choices = overrides.choices ?? (described.options && toChoices(described.options));
    const placeholder = choices || overrides.dynamic ? undefined : toPlaceholder(described.examples);
    // What does not apply is left out: a key with the value undefined would be part of the definition.
    return {
      key,
      label: described.title ?? key,
      ...(described.description && { helpText: described.description }),
      required: described.required,
      ...(described.type === "number" && { type: "integer" as const }),
      ...(described.type === "boolean" && { type: "boolean" as const }),
      ...(described.type === "array" && { list: true }),
      ...((described.type === "object" || described.type === "record") && { dict: true }),
      ...(described.default !== undefined && { default: String(described.default) }),
      ...(placeholder !== undefined && { placeholder }),
      ...overrides,
      ...(choices && { choices }),
    };
  };
}

export type FieldBuilder<Shape extends z.ZodRawShape> = ReturnType<typeof createFieldBuilder<Shape>>;
