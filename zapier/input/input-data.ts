/** What a Zap hands over, a field at a time. */
import { isBlank } from "./blank.ts";

/** What Zapier hands over: a value for each field of the form, as it was typed or mapped. */
export type InputData = Readonly<Record<string, unknown>>;

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
    .filter((item) => !isBlank(item))
    .map(String);
}
