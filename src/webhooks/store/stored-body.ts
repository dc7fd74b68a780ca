/** The body of an event that is kept: as it arrived, and possibly kept by an older version that let more in. */
import type { Event } from "../../api/index.ts";

/** Levels of nesting. Readers in other languages give up at a thousand, or at a hundred. */
export const maxNesting = 100;

/** @returns whether arrays and objects of a JSON text lie in each other deeper than is allowed */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === "\\") index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > maxNesting) return true;
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return false;
}

function withoutByteOrderMark(body: string): string {
  return body.startsWith("\uFEFF") ? body.slice(1) : body;
}

/** @returns the event, or `null` where its body cannot be read or could not be passed on */
export function readStoredEvent(body: string): Event | null {
  try {
    const text = withoutByteOrderMark(body);
    return isTooDeep(text) ? null : (JSON.parse(text) as Event);
  } catch {
    return null;
  }
}

/**
 * A body as JSON on one line, its numbers as they arrived. One that cannot be read is given as a JSON string.
 */
export function formatBodyOnOneLine(body: string): string {
  const text = withoutByteOrderMark(body);
  // Line ends are white space there: inside of a JSON string they are escaped.
  return readStoredEvent(body) === null ? JSON.stringify(body) : text.replace(/[\r\n]+/g, " ").trim();
}
