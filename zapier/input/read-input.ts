/**
 * What a Zap hands over, as an operation takes it. Input arrives uncleaned (`cleanInputData: false`): texts are passed on
 * exactly as they came, and only what is blank is left out.
 */
import type * as z from "zod";
import { describeField, type FieldDescription } from "../schema-field.ts";
import { isBlank, trimText } from "./blank.ts";
import type { InputData } from "./input-data.ts";
import { readMap } from "./read-map.ts";

/** One value as its field's type has it; what it cannot be read as is left to the schema, which names the field. */
function readValue({ type, options }: FieldDescription, value: unknown): unknown {
  if (type === "array") {
    const items = (Array.isArray(value) ? value : [value]).filter((item) => !isBlank(item)).map(toText);
    return items.length === 0 ? undefined : items;
  }
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (isBlank(single)) return undefined;
  if (type === "number") return typeof single === "string" ? parseNumber(single) : single;
  if (type === "enum" && typeof single === "string")
    return options?.find((option) => option === trimText(single).toLowerCase()) ?? single;
  return toText(single);
}

function toText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function parseNumber(text: string): unknown {
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** The fields of the schema, out of the input data; fields that the schema does not know stay behind. */
export function readInput(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape)
      .map(([key, field]) => [key, readField(key, describeField(field), inputData[key])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function readField(key: string, field: FieldDescription, value: unknown): unknown {
  if (field.type !== "object" && field.type !== "record") return readValue(field, value);
  return isBlank(value) ? undefined : readMap(key, value);
}
