/**
 * What a Zap hands over, as an operation takes it. Input arrives uncleaned (`cleanInputData: false`): texts are passed on
 * exactly as they came, and only what is blank is left out.
 */
import type * as z from "zod";
import { factsOf } from "./facts.ts";

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** One value; `undefined` where it is blank. */
function present(kind: string, value: unknown): unknown {
  if (isBlank(value)) return undefined;
  if (kind === "array") {
    const items = (Array.isArray(value) ? value : [value]).filter((item) => !isBlank(item));
    return items.length === 0 ? undefined : items;
  }
  if (kind === "object" || kind === "record") {
    if (typeof value !== "object" || Array.isArray(value)) return value;
    const entries = Object.entries(value as object).filter(([key, item]) => key !== "" && !isBlank(item));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (kind === "number") return typeof value === "string" && value.trim() !== "" ? numberOf(value) : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function numberOf(text: string): unknown {
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** The fields of the schema, out of the input data; fields that the schema does not know stay behind. */
export function inputOf<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  inputData: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape)
      .map(([key, field]) => [key, present(factsOf(field).kind, inputData[key])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** One value of a step's own, as text; `undefined` where it is blank. */
export function textInput(inputData: Readonly<Record<string, unknown>>, key: string): string | undefined {
  return isBlank(inputData[key]) ? undefined : String(inputData[key]);
}
