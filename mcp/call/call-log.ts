/** The line that each call leaves in the log: its tool, duration and outcome, never its arguments. */
import { isInternal, type ToolFailure } from "../answers/tool-failure.ts";
import type { Log } from "../options.ts";
import type { ToolResult } from "./present.ts";

/** How a call ended. */
export type CallOutcome = {
  result: ToolResult;
  failure?: ToolFailure;
  /** What was thrown, for the log alone. */
  error?: unknown;
};

/** @param requestId of the last request that the call made of OnSync */
export function logCall(
  log: Log | undefined,
  tool: string,
  ms: number,
  { failure, error, requestId }: CallOutcome & { requestId?: string },
): void {
  const { text: _text, ...facts } = failure ?? {};
  const fields = { tool, ms: Math.round(ms), ...facts, requestId };
  if (!failure) log?.("info", "tool call", fields);
  else if (isInternal(failure)) log?.("error", "tool call failed", { ...fields, err: error });
  else log?.("warn", "tool call failed", fields);
}
