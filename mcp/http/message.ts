/** A message as it came: parsed JSON of which nothing is known yet. */
import type { Data } from "../answers/summaries.ts";

export function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null;
}

export function getParams(message: unknown): Data {
  return isObject(message) && isObject(message.params) ? message.params : {};
}

/** Whether the client wants to hear more than an answer: how far its call is, or events as they happen. */
export function wantsStream(message: unknown): boolean {
  if (isObject(message) && message.method === "events/stream") return true;
  const { _meta } = getParams(message);
  return isObject(_meta) && _meta.progressToken !== undefined;
}
