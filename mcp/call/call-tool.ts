/**
 * A tool call, step by step: trace, progress, the memory of failures, unmask, validate, guard, run, present, log. Free of
 * any SDK: an adapter (`mcp/server.ts`) speaks the protocol.
 */
import type { Template } from "../../src/api/index.ts";
import { createFence } from "../answers/customer-text.ts";
import { type Detail, defaultRows } from "../answers/size-limits.ts";
import type { Data } from "../answers/summaries.ts";
import {
  CallRefusedError,
  describeCancelled,
  describeClosing,
  describeFailure,
  type ToolFailure,
} from "../answers/tool-failure.ts";
import { guardCall, type Permit } from "../safety/guard.ts";
import type { Tool, ToolContext } from "../tools/tool.ts";
import { refuseMarks, unmaskArguments, validateArguments } from "./arguments.ts";
import { type CallOutcome, logCall, tellCall } from "./call-log.ts";
import { createCallKey, showsChange } from "./failure-memory.ts";
import { presentAnswer, presentFailure, type ToolResult } from "./present.ts";
import { presentRows } from "./present-rows.ts";
import { withProgress } from "./progress.ts";
import { readArguments } from "./read-arguments.ts";
import { listSendObstacles, type SendReason } from "./send-obstacles.ts";
import { traceCall } from "./telemetry.ts";
import type { Toolbox } from "./toolbox.ts";

/** Never rejects: a failure is an answer the model can read. */
export async function callTool(
  toolbox: Toolbox,
  name: string,
  args: Data,
  context: ToolContext = {},
): Promise<ToolResult> {
  const tool = toolbox.tools.find(name);
  if (tool) return callGivenTool(toolbox, tool, readArguments(tool, args), context);
  const failure = toolbox.tools.describeMissing(name);
  return followCall(toolbox, "unknown", async () => ({ result: presentFailure(failure, toolbox.masking), failure }));
}

function callGivenTool(toolbox: Toolbox, tool: Tool, args: Data, context: ToolContext = {}): Promise<ToolResult> {
  return followCall(toolbox, tool.definition.name, () =>
    withProgress(() => attemptCall(toolbox, tool, args, context), context.report, toolbox.clock, {
      message: tool.definition.name,
      totalSeconds: tool.waits && typeof args.timeoutSeconds === "number" ? args.timeoutSeconds : undefined,
    }),
  );
}

/** Traces, logs and tells of a call, whatever answers it. */
async function followCall(toolbox: Toolbox, name: string, answer: () => Promise<CallOutcome>): Promise<ToolResult> {
  const start = performance.now();
  const outcome = await traceCall(name, answer);
  const durationMs = performance.now() - start;
  logCall(toolbox.log, name, durationMs, outcome);
  tellCall(toolbox.onToolCall, name, durationMs, outcome);
  return outcome.result;
}

async function attemptCall(toolbox: Toolbox, tool: Tool, maskedArgs: Data, context: ToolContext): Promise<CallOutcome> {
  const { masking, clock, failures } = toolbox;
  const key = createCallKey(tool.definition.name, maskedArgs);
  const earlier = failures.recall(key);
  if (earlier) return { result: presentFailure(earlier, masking), failure: earlier };

  const given = unmaskArguments(maskedArgs, masking);
  let args = given;
  try {
    refuseMarks(tool, given);
    args = (await tool.prepare?.(given, toolbox.onsync, { signal: context.signal })) ?? given;
    const { input: wanted, detail, skip } = validateArguments(tool, args, given);
    const input = limitRows(tool, wanted, detail);
    const style = { detail, skip, now: clock.now(), masking, dense: Number(wanted.limit) > defaultRows };
    const decision = await guardCall(toolbox.guard, tool, input, args, context);
    if ("preview" in decision) {
      const { preview, meta } = decision;
      return { result: { ...presentAnswer(tool, () => preview, style), ...(meta && { _meta: meta }) } };
    }
    const run = (asked: Data) => runTool(toolbox, tool, asked, decision, context);
    const isHistory = tool.operation.name === "list_messages";
    const ask = (asked: Data) => (isHistory ? toolbox.readAhead.list(asked, run as never) : run(asked));
    const answer = await addObstacles(toolbox, args, context, await ask(input), tool);
    keepTemplates(toolbox, tool, input, answer);
    const { result, shown } = await presentRows(tool, { input, args, answer }, style, ask);
    if (isHistory) toolbox.readAhead.keep(input, answer as never, shown as never);
    noteChange(toolbox, tool, result);
    return { result };
  } catch (error) {
    const interruption = describeInterruption(error, tool, context);
    const failure = interruption ?? describeFailure(error, tool, args, createFence());
    if (!interruption) failures.remember(key, failure);
    return { result: presentFailure(failure, masking), failure, error };
  }
}

function limitRows({ roomFor = Number.POSITIVE_INFINITY }: Tool, input: Data, detail: Detail): Data {
  return detail === "concise" && Number(input.limit) > roomFor ? { ...input, limit: roomFor } : input;
}

/** A send that certainly did not happen gives its place under the caps back. */
async function runTool(
  { onsync, events }: Toolbox,
  { operation, waits }: Tool,
  input: Data,
  { clientReference, release }: Permit,
  { signal, ending }: ToolContext,
): Promise<unknown> {
  const signals = [signal, waits ? ending : undefined].filter((each) => each !== undefined);
  try {
    return await operation.run(onsync, input, {
      signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
      events,
      clientReference,
    });
  } catch (error) {
    if ((error as { outcome?: unknown } | null)?.outcome === "not_sent") release();
    throw error;
  }
}

/** The check before a send also tells what this server itself would refuse. */
async function addObstacles(
  { guard, tools }: Toolbox,
  args: Data,
  { signal }: ToolContext,
  answer: unknown,
  { operation }: Tool,
): Promise<unknown> {
  if (operation.name !== "check_messaging_window") return answer;
  const { reasons } = answer as { reasons: SendReason[] };
  const obstacles = await listSendObstacles(guard, args, tools.has("send_message"), signal);
  return { ...(answer as Data), reasons: [...reasons, ...obstacles] };
}

/** Templates that were listed just now need not be read again to check the send that follows. */
function keepTemplates(
  { guard }: Toolbox,
  { operation }: Tool,
  { platform = "whatsapp" }: Data,
  answer: unknown,
): void {
  if (operation.name !== "list_templates" || platform !== "whatsapp") return;
  guard.checkTemplate.keep((answer as { data: Template[] }).data);
}

/** What changed something, or shows that something has changed, may let another call succeed that failed before. */
function noteChange(toolbox: Toolbox, { operation }: Tool, { structuredContent }: ToolResult): void {
  const wrote = operation.effect !== "reads";
  if (wrote) {
    toolbox.writes++;
    toolbox.readAhead.forget();
  }
  if (wrote || showsChange(structuredContent)) toolbox.failures.forgetChangeable();
}

/** The failure of a call that was ended before OnSync could answer it; `undefined`: OnSync, or an error, ended it. */
function describeInterruption(error: unknown, tool: Tool, context: ToolContext): ToolFailure | undefined {
  if (error instanceof CallRefusedError) return error.failure;
  if (context.signal?.aborted) return describeCancelled(tool);
  if (tool.waits && context.ending?.aborted) return describeClosing(tool);
  return undefined;
}
