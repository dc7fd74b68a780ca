/** Spans of tool calls, and the request ids that log and spans carry. */
import { afterEach, expect, test } from "@jest/globals";
import { context, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { recordRequestIds } from "../../../mcp/call/telemetry.ts";
import { createOnSync, type Transport } from "../../../src/client/index.ts";
import { connect, everyToolset } from "../session.ts";

function answering(status: number, body: object): Transport {
  return recordRequestIds(async () => ({
    status,
    headers: { "X-Request-Id": "req_header" },
    text: JSON.stringify({ ...body, timestamp: "2024-12-01T12:00:00.000Z" }),
  }));
}

function onsyncOver(transport: Transport) {
  return createOnSync({ apiKey: "key", transport });
}

const webhooks = onsyncOver(answering(200, { data: [], requestId: "req_body" }));
const forbidden = onsyncOver(
  answering(403, { error: { code: "insufficient_scope", message: "no" }, requestId: "req_body" }),
);

afterEach(() => {
  trace.disable();
  context.disable();
});

test("one span a tool call, with request id and outcome, and nothing of its arguments", async () => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  {
    await using session = await connect({ onsync: webhooks, safety: everyToolset });
    await session.call("list_webhooks");
  }
  await using session = await connect({ onsync: forbidden, safety: everyToolset });
  await session.call("delete_webhook", { webhookId: "wh_secret" });
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name, attributes, status }) => ({ name, attributes, status }))).toEqual([
    {
      name: "tools/call list_webhooks",
      attributes: {
        "mcp.method.name": "tools/call",
        "gen_ai.tool.name": "list_webhooks",
        "onsync.request_id": "req_header",
      },
      status: { code: 0 },
    },
    {
      name: "tools/call delete_webhook",
      attributes: {
        "mcp.method.name": "tools/call",
        "gen_ai.tool.name": "delete_webhook",
        "onsync.request_id": "req_body",
        "error.type": "insufficient_scope",
      },
      status: { code: 2, message: "insufficient_scope" },
    },
  ]);
  expect(spans[0]?.instrumentationScope.name).toBe("onsync-mcp");
});

test("the log carries the request id of a call that succeeded too; without an SDK there are no spans", async () => {
  const lines: unknown[] = [];
  await using session = await connect({
    onsync: webhooks,
    safety: everyToolset,
    log: (level, text, fields) => lines.push([level, text, fields]),
  });
  await session.call("list_webhooks");
  expect(lines).toEqual([
    ["info", "tool call", { tool: "list_webhooks", ms: expect.any(Number), requestId: "req_header" }],
  ]);
});

test("the log names no argument of a call, whether it succeeds or fails", async () => {
  const lines: unknown[] = [];
  const log = (level: string, text: string, fields: object) => void lines.push([level, text, fields]);
  for (const onsync of [onsyncOver(answering(200, { id: "wh_secret", deleted: true })), forbidden]) {
    await using session = await connect({ onsync, log, safety: everyToolset });
    await session.call("delete_webhook", { webhookId: "wh_secret" });
    await session.call("delete_webhook", { webhook: "wh_secret" });
  }
  expect(lines).toHaveLength(4);
  expect(JSON.stringify(lines)).not.toContain("wh_secret");
});
