/**
 * What a log is given. Ids, types, names, addresses and error messages are chosen by others: each is cut after a few hundred
 * bytes, and all of one line together after a few thousand, so that nobody fills a disk with them or hides a line behind one.
 */

/** In bytes, as they stand in a line of JSON. */
const maxTextBytes = 400;
const maxStackBytes = 2000;
const maxLineBytes = 3000;
const maxEntries = 20;
/** Of a number, or of what stands around a list. */
const minWidth = 8;
const maxDepth = 5;
const cutMark = "…";

/** Bytes of one character in a line: what JSON or a terminal's reader has to have escaped takes more of them. */
function countBytes(character: string): number {
  const code = character.codePointAt(0) as number;
  if (character === '"' || character === "\\" || character === "\n") return 2;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000)) return 6;
  if (code < 0x80) return 1;
  // Some of them turn the direction of writing, and are escaped.
  return code < 0x800 || (code >= 0x2000 && code < 0x2070) ? 6 : 4;
}

/** Each character is one byte in a line: nearly every text. */
const isPlain = /^[ !#-[\]-~]*$/;

/** The beginning of a text and its width; a text that fits is given as it is. */
function cutText(text: string, maxBytes: number): { text: string; width: number } {
  if (text.length <= maxBytes && isPlain.test(text)) return { text, width: text.length };
  let width = 0;
  let length = 0;
  for (const character of text) {
    const next = width + countBytes(character);
    if (next > maxBytes)
      return { text: `${text.slice(0, length)}${cutMark} (${text.length} characters)`, width: next + 30 };
    width = next;
    length += character.length;
  }
  return { text, width };
}

/** One of a record's: under which name and as what it is kept. */
type Entry = { name: string; keptName: string; kept: unknown };

/** Goes through one value with what is left of the line. */
class Cutter {
  private left = maxLineBytes;

  text(text: string, maxBytes = maxTextBytes): string {
    const cut = cutText(text, Math.max(0, Math.min(maxBytes, this.left)));
    this.left -= cut.width;
    return cut.text;
  }

  any(value: unknown, depth: number, maxBytes?: number): unknown {
    if (typeof value === "string") return this.text(value, maxBytes);
    if (typeof value === "bigint") return this.text(String(value));
    this.left -= minWidth;
    if (typeof value !== "object" || value === null) return value;
    if (depth > maxDepth) return cutMark;
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    if (value instanceof Date || value instanceof URL) return this.text(JSON.stringify(value) ?? "");
    return Array.isArray(value) ? this.list(value, depth) : this.record(value, depth);
  }

  private list(list: readonly unknown[], depth: number): readonly unknown[] {
    const kept: unknown[] = [];
    for (const each of list.slice(0, maxEntries)) {
      if (this.left <= 0) break;
      kept.push(this.any(each, depth + 1));
    }
    if (kept.length < list.length) return [...kept, `${cutMark} (${list.length} in all)`];
    return kept.every((each, index) => Object.is(each, list[index])) ? list : kept;
  }

  /** One of which nothing is cut is given as it is; an error that is cut stays an error of its class. */
  private record(record: object, depth: number): object {
    const isError = record instanceof Error;
    const names = isError ? listErrorProperties(record) : Object.keys(record);
    const entries: Entry[] = [];
    let changed = names.length > maxEntries;
    for (const name of names.slice(0, maxEntries)) {
      changed ||= this.left <= 0;
      if (this.left <= 0) break;
      const value = (record as Record<string, unknown>)[name];
      const keptName = this.text(name);
      const kept = this.any(value, depth + 1, name === "stack" ? maxStackBytes : undefined);
      changed ||= keptName !== name || !Object.is(kept, value);
      entries.push({ name, keptName, kept });
    }
    return changed ? copyEntries(record, entries) : record;
  }
}

function copyEntries(record: object, entries: readonly Entry[]): object {
  const isError = record instanceof Error;
  const copy = isError ? Object.create(Object.getPrototypeOf(record)) : {};
  for (const { name, keptName, kept } of entries) {
    // The message and the stack of an error are not among what is listed of it.
    const enumerable = !isError || Object.prototype.propertyIsEnumerable.call(record, name);
    Object.defineProperty(copy, keptName, { value: kept, enumerable, writable: true, configurable: true });
  }
  return copy;
}

/** What an error has of its own: what says most comes first, and what is longest last. */
function listErrorProperties(error: Error): string[] {
  const names = Object.getOwnPropertyNames(error).filter((name) => name !== "cause" && name !== "stack");
  return [...names, "stack", "cause"].filter((name) => Object.hasOwn(error, name));
}

/** @returns a message or the fields of a log line, with what is too long cut; they themselves where nothing is */
export function truncateLogValue<Fields>(fields: Fields): Fields {
  return new Cutter().any(fields, 0) as Fields;
}

/** A log that is given nothing longer than a line should have. */
export function createTruncatingLog<Line extends unknown[]>(log: (...line: Line) => void): (...line: Line) => void {
  return (...line) => log(...(line.map((each) => truncateLogValue(each)) as Line));
}
