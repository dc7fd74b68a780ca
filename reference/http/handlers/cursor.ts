/** Cursors of lists: where a page ended, opaque to callers. */
import { invalidField } from "../answers.ts";

export function encodeCursor(position: readonly number[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** @throws Refusal 400 for anything that is not a cursor of a list with this many parts */
export function decodeCursor<const Parts extends 1 | 2>(cursor: string, parts: Parts): number[] {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    position = undefined;
  }
  if (!Array.isArray(position) || position.length !== parts || !position.every(Number.isSafeInteger)) {
    throw invalidField(
      ["cursor"],
      "is not a cursor of this list; give the nextCursor of the page before, or leave it out",
    );
  }
  return position as number[];
}
