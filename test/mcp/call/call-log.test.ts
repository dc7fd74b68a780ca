/** What a call leaves in the log, and what whoever counts calls is told. */
import { expect, test } from "@jest/globals";
import { refuseCall, type ToolFailure } from "../../../mcp/answers/tool-failure.ts";
import { type CallOutcome, logCall, tellCall } from "../../../mcp/call/call-log.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { refused, scripted } from "../../../testing/scripted.ts";
import { connect } from "../session.ts";

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

const failed: ToolFailure = { text: "t", retry: "safe", code: "unavailable" };
const refusal = refuseCall("send_message", "validation_failed", "No.");

test.each<[string, string, Partial<CallOutcome>]>([
  ["ok", "an answer", {}],
  ["failed", "an error of OnSync's", { failure: failed, error: new Error("503") }],
  ["unknown", "what may have been done", { failure: { ...failed, retry: "look_first" }, error: new Error("lost") }],
  ["refused", "a refusal of this server's", { failure: refusal.failure, error: refusal }],
  ["refused", "a failure that is remembered", { failure: failed }],
  [
    "cancelled",
    "a call that its caller ended",
    { failure: { ...failed, code: "cancelled" }, error: new Error("ended") },
  ],
  [
    "cancelled",
    "a wait that this server ended",
    { failure: { ...failed, code: "closing" }, error: new Error("ended") },
  ],
  ["internal", "an error of this server's own", { failure: { ...failed, code: "internal" }, error: new Error("boom") }],
])("is told as %s: %s", (outcome, _what, given) => {
  const told: unknown[] = [];
  tellCall((event) => told.push(event), "get_contact", 12.5, { result, ...given });
  expect(told).toEqual([{ tool: "get_contact", durationMs: 12.5, outcome }]);
});

test("whoever counts calls is told each one, and no name that a caller made up", async () => {
  const told: unknown[] = [];
  const onsync = createOnSync({ apiKey: "key", transport: scripted(refused(404, "not_found")) });
  await using session = await connect({ onsync, onToolCall: ({ tool, outcome }) => told.push([tool, outcome]) });
  await session.call("get_contact", { contactId: "contact_1" });
  await session.call("get_contact", { contactId: "contact_1" });
  await session.call("rm -rf", {}).catch(() => {});
  expect(told).toEqual([
    ["get_contact", "failed"],
    ["get_contact", "refused"],
    ["unknown", "refused"],
  ]);
});
