/** Input fields from an operation's schema: label, help, placeholder, choices and type are stated there. */
import type { PlainInputField } from "zapier-platform-core";
import * as z from "zod";

type JsonField = {
  type?: string;
  title?: string;
  description?: string;
  examples?: unknown[];
  enum?: string[];
  default?: unknown;
  anyOf?: JsonField[];
};

/** What a field that may be null is otherwise: a Zap leaves it blank. */
const notNull = (json: JsonField): JsonField => json.anyOf?.find(({ type }) => type !== "null") ?? json;

const fieldTypes = { integer: "integer", number: "number", boolean: "boolean" } as const;

const labelOf = (value: string): string => {
  const names: Record<string, string> = { whatsapp: "WhatsApp" };
  return names[value] ?? `${value[0]?.toUpperCase()}${value.slice(1)}`;
};
export const choicesOf = (values: readonly string[]) =>
  values.map((value) => ({ value, sample: value, label: labelOf(value) }));

const placeholderOf = (examples: readonly unknown[] | undefined): string | undefined => {
  const example = Array.isArray(examples?.[0]) ? examples[0][0] : examples?.[0];
  return typeof example === "string" || typeof example === "number" ? String(example) : undefined;
};

/** `field(key, words)`: one field of the schema, with other words or another layout where Zapier needs them. */
export const fieldsOf = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) => {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(schema.shape), {
    io: "input",
    unrepresentable: "any",
  });
  return (key: keyof Shape & string, words: Partial<PlainInputField> = {}): PlainInputField => {
    const json = notNull((properties as Record<string, JsonField>)[key] ?? {});
    const type = fieldTypes[json.type as keyof typeof fieldTypes];
    const placeholder = placeholderOf(json.examples);
    const { choices, ...rest } = words;
    return {
      key,
      label: json.title ?? key,
      ...(json.description && { helpText: json.description }),
      required: required.includes(key) && json.default === undefined,
      ...(type && { type }),
      ...(json.type === "array" && { list: true }),
      ...(json.type === "object" && { dict: true }),
      ...(json.default !== undefined && { default: String(json.default) }),
      ...(json.enum || choices ? { choices: choices ?? choicesOf(json.enum ?? []) } : {}),
      ...(!json.enum && !choices && !words.dynamic && placeholder !== undefined && { placeholder }),
      ...rest,
    };
  };
};
export type FieldOf<Shape extends z.ZodRawShape> = ReturnType<typeof fieldsOf<Shape>>;
