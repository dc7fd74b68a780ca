/** An operation's input as somebody typed it. */
import { UsageError } from "../output/errors.ts";

function createInputError(message: string, code: string, { name }: { name: string }) {
  return new UsageError(message, {
    code,
    advice: `Write a JSON object in single quotes, or - and give it on stdin; \`onsync call ${name} --help\` shows an example.`,
  });
}

/**
 * The text of stdin, without a byte order mark.
 *
 * @throws UsageError that says where it is not UTF-8: what cannot be read must not reach a customer as question marks
 */
export function decodeInput(bytes: Uint8Array, operation: { name: string }): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const utf16 = bytes[0] === 0xff || bytes[0] === 0xfe ? " It looks like UTF-16." : "";
    const message = `The input is not UTF-8, from byte ${countValidBytes(bytes) + 1} on.${utf16} Save or send it as UTF-8.`;
    throw createInputError(message, "invalid_encoding", operation);
  }
}

/**
 * The text of an argument.
 *
 * @throws UsageError where Node found bytes in it that are not UTF-8: it has put U+FFFD in their place
 */
export function checkArgument(text: string, operation: { name: string }): string {
  if (!text.includes("\ufffd")) return text;
  const message = String.raw`The input is not UTF-8: the shell gave bytes that are no character. Where U+FFFD is meant, write \ufffd.`;
  throw createInputError(message, "invalid_encoding", operation);
}

/** How many bytes of the beginning are UTF-8. */
function countValidBytes(bytes: Uint8Array): number {
  let valid = 0;
  let broken = bytes.length;
  while (broken - valid > 1) {
    const middle = (valid + broken) >> 1;
    try {
      // A character that is cut in two is no mistake yet.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      broken = middle;
    }
  }
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return Buffer.byteLength(decoder.decode(bytes.subarray(0, valid), { stream: true }));
}

/**
 * @throws UsageError that says where the JSON goes wrong, or what it is instead of an object
 */
export function parseInput(given: string | undefined, operation: { name: string }): unknown {
  const wrong = (message: string) => createInputError(message, "invalid_json", operation);
  if (given === undefined) return {};
  const text = given.replace(/^\uFEFF/, "");
  if (text.trim() === "") throw wrong("The input is empty.");
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw wrong(`The input is not JSON: ${describeSyntaxError(text, (error as Error).message)}`);
  }
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  throw wrong(
    `The input is ${input === null ? "null" : Array.isArray(input) ? "a list" : `a ${typeof input}`}, not a JSON object.`,
  );
}

/** The parser's words, the line and column, and the text around it. */
function describeSyntaxError(text: string, message: string): string {
  const offset = findErrorOffset(text, message);
  const lines = text.slice(0, offset).split("\n");
  const words = message.replace(/,? (\.{3})?".*$/s, "").replace(/( in JSON)? at position.*$/s, "");
  const before = (lines.at(-1) ?? "").slice(-20);
  const after = text.slice(offset).split("\n", 1)[0]?.slice(0, 20);
  return `${words} at line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}: ${before}▸${after}`;
}

function findErrorOffset(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (!isTokenError(message)) return text.length;
  // "Unexpected token" comes without its place: it is where the shortest start that has the problem ends.
  let fine = 0;
  let broken = text.length;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    try {
      JSON.parse(text.slice(0, middle));
      fine = middle;
    } catch (error) {
      if (isTokenError((error as Error).message)) broken = middle;
      else fine = middle;
    }
  }
  return fine;
}

function isTokenError(message: string): boolean {
  return message.startsWith("Unexpected token");
}
