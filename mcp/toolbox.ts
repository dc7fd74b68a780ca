/**
 * The tools of one OnSync account, free of any SDK: what there is, and what a call answers. It outlives sessions and
 * HTTP requests; an adapter (`server.ts`) speaks the protocol.
 */
import type { OnSync } from "../src/client/index.ts";
import type { EventLog } from "../src/events/log.ts";
import { runOperation } from "../src/operations/index.ts";
import { createFence } from "./customer-text.ts";
import { type Failure, failureOf, refusal } from "./failure.ts";
import type { Data } from "./rows.ts";
import { conform } from "./schema.ts";
import { estimateTokens } from "./tokens.ts";
import type { Tool, ToolContext, ToolDefinition } from "./tool.ts";
import { tools as allTools } from "./tools/index.ts";
import { createView, type Detail, rooms } from "./view.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, message: string, fields: Record<string, unknown>) => void;

export type Safety = {
  /** Only tools that read are listed; calling another by name fails. */
  readOnly?: boolean;
};

export type McpOptions = {
  onsync: OnSync;
  /** The events received, where a webhook receiver runs. */
  events?: EventLog;
  /** Told of every call: its tool, duration and outcome, never its arguments. Nothing may go to stdout. */
  log?: Log;
  safety?: Safety;
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
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
  /** Never rejects: a failure is an answer the model can read. */
  call(name: string, args: Data, context?: ToolContext): Promise<ToolResult>;
};

/** Tokens an answer may take, text and data together. */
const budgets: Record<Detail, number> = { concise: 5_500, full: 20_000 };

/** Presents the answer in the most room that stays within the budget. */
const present = (tool: Tool, answer: unknown, args: Data, detail: Detail, now: number): ToolResult => {
  const fence = createFence();
  let result: ToolResult | undefined;
  for (const room of rooms[detail]) {
    const { text, data } = tool.present(answer, createView(fence, room, detail, now), args);
    const label = fence.label();
    const structured = { ...(label !== "" && { note: label }), ...data };
    result = {
      content: [{ type: "text", text: label === "" ? text : `${label}\n${text}` }],
      structuredContent: conform(tool.definition.outputSchema, structured) as Data,
    };
    if (estimateTokens(JSON.stringify(result)) <= budgets[detail]) break;
  }
  return result as ToolResult;
};

const failed = ({ text, ...facts }: Failure): ToolResult => ({
  content: [{ type: "text", text }],
  isError: true,
  // Not structuredContent: clients hold that against the schema of the success.
  _meta: { "onsync/error": facts },
});

const closing = (name: string): Failure => ({
  text: `${name} was ended: this server is restarting. Calling again with the same arguments is safe, and nothing is skipped.`,
  retry: "safe",
  code: "closing",
});

/** What is wrong with the arguments' names, in words; the operation checks the values. */
const misnamed = ({ definition }: Tool, args: Data): string | undefined => {
  const fields = Object.keys(definition.inputSchema.properties as Data);
  const unknown = Object.keys(args).filter((name) => !fields.includes(name));
  if (unknown.length === 0) return undefined;
  const names = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)));
  return `It has no argument ${names.join(" or ")}. Its arguments: ${fields.join(", ") || "none"}.`;
};

export const createToolbox = (options: McpOptions): Toolbox => {
  const { onsync, events, log, safety = {}, now = Date.now } = options;
  const allowed = allTools.filter(({ operation }) => !safety.readOnly || operation.effect === "reads");
  const byName = new Map(allowed.map((tool) => [tool.definition.name, tool]));

  const unavailable = (name: string): Failure => {
    const known = allTools.some(({ definition }) => definition.name === name);
    return known
      ? refusal(name, "read_only", "This server is read-only: the operator has switched writing and sending off.")
      : refusal(
          JSON.stringify(name.slice(0, 60)),
          "unknown_tool",
          `There is no such tool. The tools: ${[...byName.keys()].join(", ")}.`,
        );
  };

  const run = async (tool: Tool, args: Data, context: ToolContext): Promise<ToolResult> => {
    const { name } = tool.definition;
    const complaint = misnamed(tool, args) ?? tool.refuse?.(args);
    if (complaint !== undefined) return failed(refusal(name, "validation_failed", complaint));
    const { detail = "concise" } = tool.detail ? args : {};
    if (detail !== "concise" && detail !== "full")
      return failed(refusal(name, "validation_failed", 'detail must be "concise" or "full".'));
    const input = Object.fromEntries(Object.entries(args).filter(([field]) => !tool.own.includes(field)));
    const signals = [context.signal, tool.waits ? context.ending : undefined].filter((signal) => signal !== undefined);
    const answer = await runOperation(tool.operation, onsync, input, {
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      ...(events && { events }),
    });
    return present(tool, answer, args, detail, now());
  };

  return {
    definitions: allowed.map(({ definition }) => definition),
    async call(name, args, context = {}) {
      const tool = byName.get(name);
      const start = performance.now();
      let result: ToolResult;
      let error: unknown;
      try {
        result = tool ? await run(tool, args, context) : failed(unavailable(name));
      } catch (thrown) {
        error = thrown;
        result = failed(
          tool?.waits && context.ending?.aborted
            ? closing(tool.definition.name)
            : failureOf(thrown, tool as Tool, args, createFence()),
        );
      }
      const facts = result._meta?.["onsync/error"] as Omit<Failure, "text"> | undefined;
      const ms = Math.round(performance.now() - start);
      if (!facts) log?.("info", "tool call", { tool: name, ms });
      else if (facts.code === "internal" && !facts.requestId)
        log?.("error", "tool call failed", { tool: tool?.definition.name ?? "unknown", ms, err: error });
      else log?.("warn", "tool call failed", { tool: tool?.definition.name ?? "unknown", ms, ...facts });
      return result;
    },
  };
};
