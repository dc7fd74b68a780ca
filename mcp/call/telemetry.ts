/**
 * Each tool call with what it asked of OnSync: for the log, and as an OpenTelemetry span where the process has an
 * OpenTelemetry SDK. @opentelemetry/api is optional, and is loaded at the first call at the earliest: the start pays
 * nothing for it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Span, Tracer } from "@opentelemetry/api";
import type { Transport } from "../../src/client/index.ts";
import { hasOpenTelemetry } from "../../src/opentelemetry.ts";
import { version } from "../../src/version.ts";
import type { CallOutcome } from "./call-log.ts";

type Call = { requestId?: string };
const calls = new AsyncLocalStorage<Call>();

/**
 * A transport that lets each call's log line and span carry the id of its last request, also where the call succeeded.
 *
 * @param transport the one to put it around
 */
export function recordRequestIds(transport: Transport): Transport {
  return async (request) => {
    const response = await transport(request);
    const call = calls.getStore();
    const name = Object.keys(response.headers).find((header) => header.toLowerCase() === "x-request-id");
    const id = name === undefined ? undefined : response.headers[name];
    if (call && typeof id === "string") call.requestId = id;
    return response;
  };
}

async function findTracer(): Promise<Tracer | undefined> {
  if (!hasOpenTelemetry()) return undefined;
  try {
    const { trace } = await import("@opentelemetry/api");
    return trace.getTracer("onsync-mcp", version);
  } catch {
    return undefined;
  }
}

function endSpan(span: Span, { failure, requestId }: Traced<CallOutcome>): void {
  if (requestId !== undefined) span.setAttribute("onsync.request_id", requestId);
  if (failure) {
    span.setAttribute("error.type", failure.code);
    // SpanStatusCode.ERROR: the enum is the optional package's.
    span.setStatus({ code: 2, message: failure.code });
  }
  span.end();
}

type Traced<Outcome> = Outcome & { requestId?: string };

/**
 * Runs a tool call within its span, where there is one to make. Arguments and answers stay out of it: they are customers' data.
 *
 * @param run never rejects
 * @returns its outcome, with the id of the last request that it made
 */
export async function traceCall(tool: string, run: () => Promise<CallOutcome>): Promise<Traced<CallOutcome>> {
  const call: Call = {};
  const runRecorded = async (): Promise<Traced<CallOutcome>> => {
    const outcome = await run();
    return { ...outcome, requestId: outcome.failure?.requestId ?? call.requestId };
  };
  const tracer = await findTracer();
  if (!tracer) return calls.run(call, runRecorded);
  return tracer.startActiveSpan(
    `tools/call ${tool}`,
    { kind: 1, attributes: { "mcp.method.name": "tools/call", "gen_ai.tool.name": tool } },
    async (span) => {
      const outcome = await calls.run(call, runRecorded);
      endSpan(span, outcome);
      return outcome;
    },
  );
}
