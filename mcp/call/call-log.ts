/** What each call leaves behind, in the log and for whoever counts calls: its tool, duration and outcome, never its arguments. */
import { notifyHook } from "../../src/client/hooks.ts";
import { CallRefusedError, isInternal, type ToolFailure } from "../answers/tool-failure.ts";
import type { Log, McpOptions, ToolCallOutcome } from "../options.ts";
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

export function tellCall(
  onToolCall: McpOptions["onToolCall"],
  tool: string,
  durationMs: number,
  outcome: CallOutcome,
): void {
  notifyHook(onToolCall, { tool, durationMs, outcome: classifyOutcome(outcome) });
}

function classifyOutcome({ failure, error }: CallOutcome): ToolCallOutcome {
  if (!failure) return "ok";
  if (isInternal(failure)) return "internal";
  if (failure.code === "cancelled" || failure.code === "closing") return "cancelled";
  // Without an error nothing was asked: there is no such tool, or the same call failed before.
  if (error === undefined || error instanceof CallRefusedError) return "refused";
  return failure.retry === "look_first" ? "unknown" : "failed";
}
