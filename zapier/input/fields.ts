/** Input fields from an operation's schema: label, help, placeholder, choices and type are stated there. */
import type { PlainInputField } from "zapier-platform-core";
import type * as z from "zod";
import { factsOf } from "./facts.ts";

function labelOf(value: string): string {
  return value === "whatsapp" ? "WhatsApp" : `${value[0]?.toUpperCase()}${value.slice(1)}`;
}

export function choicesOf(values: readonly string[]) {
  return values.map((value) => ({ value, sample: value, label: labelOf(value) }));
}

function placeholderOf(examples: readonly unknown[] = []): string | undefined {
  const example = Array.isArray(examples[0]) ? examples[0][0] : examples[0];
  return typeof example === "string" || typeof example === "number" ? String(example) : undefined;
}

/** `field(key, words)`: one field of the schema, with other words or another layout where Zapier needs them. */
export function fieldsOf<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return (key: keyof Shape & string, words: Partial<PlainInputField> = {}): PlainInputField => {
    const facts = factsOf(schema.shape[key] as unknown as z.core.$ZodType);
    const choices = words.choices ?? (facts.options && choicesOf(facts.options));
    const placeholder = choices || words.dynamic ? undefined : placeholderOf(facts.examples);
    return {
      key,
      label: facts.title ?? key,
      ...(facts.description && { helpText: facts.description }),
      required: facts.required,
      ...(facts.kind === "number" && { type: "integer" as const }),
      ...(facts.kind === "boolean" && { type: "boolean" as const }),
      ...(facts.kind === "array" && { list: true }),
      ...((facts.kind === "object" || facts.kind === "record") && { dict: true }),
      ...(facts.default !== undefined && { default: String(facts.default) }),
      ...(placeholder !== undefined && { placeholder }),
      ...words,
      ...(choices && { choices }),
    };
  };
}

export type FieldOf<Shape extends z.ZodRawShape> = ReturnType<typeof fieldsOf<Shape>>;
