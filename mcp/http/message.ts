/** A message as it came: parsed JSON of which nothing is known yet. */
import type { Data } from "../answers/summaries.ts";

export function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null;
}

export function getParams(message: unknown): Data {
  return isObject(message) && isObject(message.params) ? message.params : {};
}

/** Whether the client wants to hear how far its call is. */
export function wantsProgress(message: unknown): boolean {
  const { _meta } = getParams(message);
  return isObject(_meta) && _meta.progressToken !== undefined;
}
