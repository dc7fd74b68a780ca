/** The arguments of a call: sealed addresses opened, names and values checked. */
import { parseInput } from "../../src/operations/index.ts";
import { describeMark, findMark } from "../answers/marks.ts";
import type { Detail } from "../answers/size-limits.ts";
import type { Data } from "../answers/summaries.ts";
import { refuseCall } from "../answers/tool-failure.ts";
import type { Masking } from "../safety/pii.ts";
import type { Tool } from "../tools/tool.ts";

/** Opens a sealed address in the arguments, before anything looks at it. */
export function unmaskArguments(args: Data, masking: Masking | undefined): Data {
  if (!masking) return args;
  const open = (value: unknown) => (typeof value === "string" ? masking.unmaskId(value) : value);
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      if (name === "conversationIds" && Array.isArray(value)) return [name, value.map(open)];
      return [name, name === "conversationId" || name === "to" ? open(value) : value];
    }),
  );
}

/**
 * @param args the arguments in the operation's form
 * @param given the same as they came, whose names are checked
 * @returns the operation's input, and how much of the answer is asked for
 * @throws CallRefusedError where an argument is not the tool's
 * @throws ValidationError where the operation does not take a value
 */
export function validateArguments(
  tool: Tool,
  args: Data,
  given: Data = args,
): { input: Data; detail: Detail; skip: number } {
  const problem = findUnknownArguments(tool, given);
  if (problem !== undefined) throw refuseCall(tool.definition.name, "validation_failed", problem);
  const { detail = "concise" } = tool.detail ? args : {};
  if (detail !== "concise" && detail !== "full")
    throw refuseCall(tool.definition.name, "validation_failed", 'detail must be "concise" or "full".');
  const { skip = 0 } = tool.own.includes("skip") ? args : {};
  if (typeof skip !== "number" || !Number.isInteger(skip) || skip < 0)
    throw refuseCall(tool.definition.name, "validation_failed", "skip must be a whole number, 0 or more.");
  const input = Object.fromEntries(Object.entries(args).filter(([field]) => !tool.own.includes(field)));
  return { input: parseInput(tool.operation, input), detail, skip };
}

/**
 * Refuses what the agent copied from an answer and what this server had put there.
 *
 * @throws CallRefusedError
 */
export function refuseMarks({ definition }: Tool, given: Data): void {
  const mark = findMark(given);
  if (mark) throw refuseCall(definition.name, "validation_failed", describeMark(mark));
}

/** What is wrong with the arguments' names, in words; the operation checks the values. */
function findUnknownArguments({ definition }: Tool, args: Data): string | undefined {
  const fields = Object.keys(definition.inputSchema.properties as Data);
  const unknown = Object.keys(args).filter((name) => !fields.includes(name));
  if (unknown.length === 0) return undefined;
  const names = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)));
  return `It has no argument ${names.join(" or ")}. Its arguments: ${fields.join(", ") || "none"}.`;
}
