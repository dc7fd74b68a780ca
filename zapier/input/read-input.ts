/**
 * What a Zap hands over, as an operation takes it. Input arrives uncleaned (`cleanInputData: false`): texts are passed on
 * exactly as they came, and only what is blank is left out.
 */
import type * as z from "zod";
import { describeField } from "../schema-field.ts";

/** What Zapier hands over: a value for each field of the form, as it was typed or mapped. */
export type InputData = Readonly<Record<string, unknown>>;

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** One value; `undefined` where it is blank. */
function readValue(type: string, value: unknown): unknown {
  if (isBlank(value)) return undefined;
  if (type === "array") {
    const items = (Array.isArray(value) ? value : [value]).filter((item) => !isBlank(item));
    return items.length === 0 ? undefined : items;
  }
  if (type === "object" || type === "record") {
    if (typeof value !== "object" || Array.isArray(value)) return value;
    const entries = Object.entries(value as object).filter(([key, item]) => key !== "" && !isBlank(item));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (type === "number") return typeof value === "string" && value.trim() !== "" ? parseNumber(value) : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function parseNumber(text: string): unknown {
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** The fields of the schema, out of the input data; fields that the schema does not know stay behind. */
export function readInput(schema: z.ZodObject, inputData: InputData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape)
      .map(([key, field]) => [key, readValue(describeField(field).type, inputData[key])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** The value of one field as text; `undefined` where it is blank. */
export function readText(inputData: InputData, key: string): string | undefined {
  return isBlank(inputData[key]) ? undefined : String(inputData[key]);
}

/** A yes or no, however it came; `undefined` where it is blank or says neither. */
export function readBoolean(inputData: InputData, key: string): boolean | undefined {
  const text = readText(inputData, key)?.trim().toLowerCase() ?? "";
  if (/^(true|yes|y|1|on)$/.test(text)) return true;
  return /^(false|no|n|0|off)$/.test(text) ? false : undefined;
}

/** The values of a field that takes several, or of one that came alone; those left empty are dropped. */
export function readList(inputData: InputData, key: string): string[] {
  return [inputData[key] ?? []]
    .flat()
    .filter((item) => item !== "")
    .map(String);
}
