/** An operation's input as somebody typed it. */
import { UsageError } from "./errors.ts";

/**
 * @throws UsageError that says where the JSON goes wrong, or what it is instead of an object
 */
export const parseInput = (text: string | undefined, operation: { name: string }): unknown => {
  const wrong = (message: string) =>
    new UsageError(message, {
      code: "invalid_json",
      advice: `Write a JSON object in single quotes, or - and give it on stdin; \`onsync call ${operation.name} --help\` shows an example.`,
    });
  if (text === undefined) return {};
  if (text.trim() === "") throw wrong("The input is empty.");
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw wrong(`The input is not JSON: ${problem(text, (error as Error).message)}`);
  }
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  throw wrong(
    `The input is ${input === null ? "null" : Array.isArray(input) ? "a list" : `a ${typeof input}`}, not a JSON object.`,
  );
};

/** The parser's words, the line and column, and the text around it. */
const problem = (text: string, message: string): string => {
  const offset = offsetOf(text, message);
  const lines = text.slice(0, offset).split("\n");
  const words = message.replace(/,? (\.{3})?".*$/s, "").replace(/( in JSON)? at position.*$/s, "");
  const before = (lines.at(-1) ?? "").slice(-20);
  const after = text.slice(offset).split("\n", 1)[0]?.slice(0, 20);
  return `${words} at line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}: ${before}▸${after}`;
};

const offsetOf = (text: string, message: string): number => {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (!isTokenProblem(message)) return text.length;
  // "Unexpected token" comes without its place: it is where the shortest start that has the problem ends.
  let fine = 0;
  let broken = text.length;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    try {
      JSON.parse(text.slice(0, middle));
      fine = middle;
    } catch (error) {
      if (isTokenProblem((error as Error).message)) broken = middle;
      else fine = middle;
    }
  }
  return fine;
};

const isTokenProblem = (message: string): boolean => message.startsWith("Unexpected token");
