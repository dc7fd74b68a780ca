/** The body of an event that is kept: as it arrived, and possibly kept by an older version that let more in. */
import type { Event } from "../../api/index.ts";
import { isTooDeep } from "../json-nesting.ts";

function dropByteOrderMark(body: string): string {
  return body.startsWith("\uFEFF") ? body.slice(1) : body;
}

/** @returns the event, or `null` where its body cannot be read or could not be passed on */
export function readStoredEvent(body: string): Event | null {
  try {
    const text = dropByteOrderMark(body);
    return isTooDeep(text) ? null : (JSON.parse(text) as Event);
  } catch {
    return null;
  }
}

/**
 * A body as JSON on one line, its numbers as they arrived. One that cannot be read is given as a JSON string.
 */
export function formatBodyOnOneLine(body: string): string {
  const text = dropByteOrderMark(body);
  // Line ends are white space there: inside of a JSON string they are escaped.
  return readStoredEvent(body) === null ? JSON.stringify(body) : text.replace(/[\r\n]+/g, " ").trim();
}
