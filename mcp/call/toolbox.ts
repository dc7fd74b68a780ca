/**
 * The tools of one OnSync account, free of any SDK: what there is, and what a call answers. It outlives sessions and
 * HTTP requests; an adapter (`server.ts`) speaks the protocol.
 */

import { systemClock } from "../../src/client/clock.ts";
import { type Clock, createMemoryLedger, type OnSync, type SendLedger } from "../../src/client/index.ts";
import { createTruncatingLog } from "../../src/log-limits.ts";
import { runOperation } from "../../src/operations/index.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { createFence } from "../answers/customer-text.ts";
import { createFormatter, type Detail, type Formatter, sizeLimits } from "../answers/formatter.ts";
import type { Data } from "../answers/summaries.ts";
import { estimateTokens } from "../answers/tokens.ts";
import { describeFailure, refuseCall, type ToolFailure } from "../answers/tool-failure.ts";
import { createGuard } from "../safety/guard.ts";
import { createMasking, type Masking } from "../safety/pii.ts";
import { selectTools } from "../safety/select-tools.ts";
import type { SafetySettings } from "../safety/settings.ts";
import { conform } from "../tools/schema.ts";
import type { Presented, Tool, ToolContext, ToolDefinition } from "../tools/tool.ts";
import { createCallKey, createFailureMemory } from "./failure-memory.ts";
import { withProgress } from "./progress.ts";
import { traceCall } from "./telemetry.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, message: string, fields: Record<string, unknown>) => void;

export type McpOptions = {
  onsync: OnSync;
  /** The events received, where a webhook receiver runs. */
  events?: EventReader;
  /** Told of every call: its tool, duration and outcome, never its arguments. Nothing may go to stdout. */
  log?: Log;
  safety?: SafetySettings;
  /** Where sends are counted and used confirmations noted. Default: in memory. Give replicas the one their clients share. */
  ledger?: SendLedger;
  /** Whose sends are counted together. Default: the client's base URL. */
  ledgerScope?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
  /** Waits. Default a timer. */
  sleep?: Clock["sleep"];
};

/** An answer as `tools/call` gives it. */
export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent?: Data;
  isError?: true;
  _meta?: Data;
};

export type Toolbox = {
  definitions: readonly ToolDefinition[];
  /** Whether the operator's settings leave this tool. */
  offers(name: string): boolean;
  /** Never rejects: a failure is an answer the model can read. */
  call(name: string, args: Data, context?: ToolContext): Promise<ToolResult>;
  /** How many calls have changed something. What was read before the last of them may be out of date. */
  writes(): number;
  /** As `call`, for a tool that is not listed (a prompt's own). */
  run(tool: Tool, args: Data, context?: ToolContext): Promise<ToolResult>;
};

/** How a call failed; `undefined`: it did not. */
function factsOf({ _meta }: ToolResult) {
  return _meta?.["onsync/error"] as Omit<ToolFailure, "text"> | undefined;
}

/** Tokens an answer may take, text and data together. */
const budgets: Record<Detail, number> = { concise: 5_500, full: 20_000 };

type Shown = { detail: Detail; now: number; masking: Masking | undefined };

/** Presents the answer with the widest limits that keep it within the budget. */
function present(tool: Tool, show: (format: Formatter) => Presented, { detail, now, masking }: Shown): ToolResult {
  const fence = createFence();
  let result: ToolResult | undefined;
  for (const limits of sizeLimits[detail]) {
    const { text, data } = show(createFormatter(fence, limits, detail, now, masking));
    const label = fence.label();
    // First, where it is read before what it is about; never replaced by a field of that name.
    const structured = label === "" ? data : Object.assign({ customerText: "" }, data, { customerText: label });
    result = {
      content: [{ type: "text", text: label === "" ? text : `${label}\n${text}` }],
      structuredContent: conform(tool.definition.outputSchema, structured) as Data,
    };
    if (estimateTokens(JSON.stringify(result)) <= budgets[detail]) break;
  }
  return result as ToolResult;
}

function createClosingFailure(name: string): ToolFailure {
  return {
    text: `${name} was ended: this server is restarting. Calling again with the same arguments is safe, and nothing is skipped.`,
    retry: "safe",
    code: "closing",
  };
}

/** Whether a read tells that things have changed: a window found open, an event. What failed may go through now. */
function showsChange(data: Data = {}): boolean {
  return (
    data.open === true ||
    (data.window as Data | undefined)?.open === true ||
    (data.cursor !== undefined && (data.data as unknown[]).length > 0)
  );
}

/** Nobody reads this answer, the log does. */
function createCancelledFailure({ definition, operation }: Tool): ToolFailure {
  return {
    text: `${definition.name} was cancelled.`,
    retry: operation.effect === "reads" ? "safe" : "look_first",
    code: "cancelled",
  };
}

/** What is wrong with the arguments' names, in words; the operation checks the values. */
function findUnknownArguments({ definition }: Tool, args: Data): string | undefined {
  const fields = Object.keys(definition.inputSchema.properties as Data);
  const unknown = Object.keys(args).filter((name) => !fields.includes(name));
  if (unknown.length === 0) return undefined;
  const names = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)));
  return `It has no argument ${names.join(" or ")}. Its arguments: ${fields.join(", ") || "none"}.`;
}

/** A sealed address in the arguments is opened before anything looks at it. */
function unmaskArguments(args: Data, masking: Masking | undefined): Data {
  return masking
    ? Object.fromEntries(
        Object.entries(args).map(([name, value]) => [
          name,
          (name === "conversationId" || name === "to") && typeof value === "string" ? masking.open(value) : value,
        ]),
      )
    : args;
}

export function createToolbox(options: McpOptions): Toolbox {
  const { onsync, events, safety = {}, now = Date.now, sleep = systemClock.sleep } = options;
  const log = options.log && createTruncatingLog(options.log);
  const offer = selectTools(safety);
  const memory = createFailureMemory(now);
  let writes = 0;
  const masking = safety.redactPii ? createMasking(safety.secret) : undefined;
  const guard = createGuard({
    safety,
    onsync,
    ledger: options.ledger ?? createMemoryLedger({ clock: { now, sleep } }),
    scope: options.ledgerScope ?? onsync.baseUrl,
    now,
    show: (input) => (masking ? { ...input, to: masking.id(String(input.to)) } : input),
  });

  const failed = ({ text, ...facts }: ToolFailure): ToolResult => ({
    content: [{ type: "text", text: masking ? masking.text(text) : text }],
    isError: true,
    // Not structuredContent: clients hold that against the schema of the success.
    _meta: { "onsync/error": facts },
  });

  const run = async (tool: Tool, args: Data, context: ToolContext): Promise<ToolResult> => {
    const { name } = tool.definition;
    const complaint = findUnknownArguments(tool, args) ?? tool.refuse?.(args);
    if (complaint !== undefined) return failed(refuseCall(name, "validation_failed", complaint));
    const { detail = "concise" } = tool.detail ? args : {};
    if (detail !== "concise" && detail !== "full")
      return failed(refuseCall(name, "validation_failed", 'detail must be "concise" or "full".'));
    const shown: Shown = { detail, now: now(), masking };

    const input = Object.fromEntries(Object.entries(args).filter(([field]) => !tool.own.includes(field)));
    const parsed = tool.operation.input.safeParse(input);
    // What the schema refuses is refused again, in words, by the operation.
    const verdict = parsed.success ? await guard(tool, parsed.data, args, context) : undefined;
    if (verdict && "failure" in verdict) return failed(verdict.failure);
    if (verdict && "preview" in verdict) return present(tool, () => verdict.preview, shown);

    const signals = [context.signal, tool.waits ? context.ending : undefined].filter((signal) => signal !== undefined);
    try {
      const answer = await runOperation(tool.operation, onsync, input, {
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
        ...(events && { events }),
        ...(verdict?.clientReference !== undefined && { clientReference: verdict.clientReference }),
      });
      verdict?.ended(true);
      return present(tool, (format) => tool.present(answer, format, args), shown);
    } catch (error) {
      verdict?.ended((error as { outcome?: unknown } | null)?.outcome !== "not_sent");
      throw error;
    }
  };

  const attempt = async (tool: Tool, given: Data, context: ToolContext): Promise<[ToolResult, unknown?]> => {
    const { name } = tool.definition;
    const key = createCallKey(name, given);
    const earlier = memory.recall(key);
    if (earlier) return [failed(earlier)];
    const args = unmaskArguments(given, masking);
    try {
      const result = await run(tool, args, context);
      const wrote = !result.isError && tool.operation.effect !== "reads";
      if (wrote) writes++;
      if (wrote || (!result.isError && showsChange(result.structuredContent))) memory.changed();
      return [result];
    } catch (error) {
      if (context.signal?.aborted) return [failed(createCancelledFailure(tool))];
      if (tool.waits && context.ending?.aborted) return [failed(createClosingFailure(name))];
      const failure = describeFailure(error, tool, args, createFence());
      if (failure.code !== "internal" || failure.requestId !== undefined) memory.remember(key, failure);
      return [failed(failure), error];
    }
  };

  /** How long the call may wait at most, where it says so. */
  const longest = ({ waits }: Tool, { timeoutSeconds }: Data) =>
    waits && typeof timeoutSeconds === "number" ? { totalSeconds: timeoutSeconds } : {};

  const logged = async (
    name: string,
    work: () => Promise<[result: ToolResult, error?: unknown]>,
  ): Promise<ToolResult> => {
    const start = performance.now();
    let error: unknown;
    const { result, requestId } = await traceCall(name, async () => {
      const [answer, cause] = await work();
      error = cause;
      const facts = factsOf(answer);
      return {
        result: answer,
        ...(facts && { code: facts.code }),
        ...(facts?.requestId !== undefined && { requestId: facts.requestId }),
      };
    });
    const facts = factsOf(result);
    const fields = {
      tool: name,
      ms: Math.round(performance.now() - start),
      ...facts,
      ...(requestId !== undefined && { requestId }),
    };
    if (!facts) log?.("info", "tool call", fields);
    else if (facts.code === "internal" && !facts.requestId)
      log?.("error", "tool call failed", { ...fields, err: error });
    else log?.("warn", "tool call failed", fields);
    return result;
  };

  const use = (tool: Tool, args: Data, context: ToolContext): Promise<ToolResult> => {
    const { name } = tool.definition;
    const { report } = context;
    const work = () => attempt(tool, args, context);
    return logged(
      name,
      report ? () => withProgress(work, report, { now, sleep }, { message: name, ...longest(tool, args) }) : work,
    );
  };

  return {
    definitions: offer.definitions,
    offers: (name) => "tool" in offer.find(name),
    async call(name, args, context = {}) {
      const found = offer.find(name);
      if ("tool" in found) return use(found.tool, args, context);
      return logged("unknown", async () => [failed(found.failure)]);
    },
    writes: () => writes,
    run: (tool, args, context = {}) => use(tool, args, context),
  };
}
