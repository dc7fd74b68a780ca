/** The line that a call leaves in the log. */
import { expect, test } from "@jest/globals";
import type { ToolFailure } from "../../../mcp/answers/tool-failure.ts";
import { logCall } from "../../../mcp/call/call-log.ts";

const result = { content: [{ type: "text" as const, text: "customers' words" }] };

function log(outcome: { failure?: ToolFailure; error?: unknown; requestId?: string }) {
  const lines: unknown[] = [];
  logCall((...line) => lines.push(line), "get_contact", 12.4, { result, ...outcome });
  return lines;
}

test("a call that succeeded leaves its tool, duration and request id, and nothing of its answer", () => {
  expect(log({ requestId: "req_1" })).toEqual([
    ["info", "tool call", { tool: "get_contact", ms: 12, requestId: "req_1" }],
  ]);
});

test("a call that failed leaves the failure's facts without its text", () => {
  const failure: ToolFailure = { text: "customers' words", retry: "safe", code: "unavailable", retryAfterMs: 1000 };
  expect(log({ failure, error: new Error("boom"), requestId: "req_1" })).toEqual([
    [
      "warn",
      "tool call failed",
      { tool: "get_contact", ms: 12, retry: "safe", code: "unavailable", retryAfterMs: 1000, requestId: "req_1" },
    ],
  ]);
});

test("an error of the server's own is logged whole", () => {
  const error = new TypeError("boom");
  const failure: ToolFailure = { text: "get_contact failed (internal).", retry: "safe", code: "internal" };
  expect(log({ failure, error })).toEqual([
    ["error", "tool call failed", { tool: "get_contact", ms: 12, retry: "safe", code: "internal", err: error }],
  ]);
});

test("an error that OnSync calls internal is OnSync's", () => {
  const failure: ToolFailure = { text: "t", retry: "safe", code: "internal", requestId: "req_1" };
  expect(log({ failure, error: new Error("boom") })).toMatchObject([
    ["warn", "tool call failed", { code: "internal" }],
  ]);
});

test("without a log nothing is written, and nothing fails", () => {
  expect(() => logCall(undefined, "get_contact", 1, { result })).not.toThrow();
});
