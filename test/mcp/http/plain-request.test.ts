/** Plain requests: answered without the SDK's transport as that would answer them, and no others. */
import { describe, expect, test } from "@jest/globals";
import { type Server, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { answerPlainRequest, isPlainRequest } from "../../../mcp/http/plain-request.ts";
import { createServer } from "../../../mcp/server.ts";
import { createSurface } from "../../../mcp/surface/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { everyToolset, scripted } from "../session.ts";
import { post } from "./requests.ts";

/** A server for each request, on a surface that has seen the same requests as the other side's. */
function createServers() {
  const surface = createSurface({ onsync: scripted({}), safety: everyToolset, now: () => 0 });
  return () => createServer(surface, { era: "legacy" });
}

/** As the SDK's own transport answers, JSON or not. */
async function answerBySdk(server: Server, request: Request, message: unknown) {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: message });
  const text = await response.text();
  await server.close();
  return { status: response.status, answer: text === "" ? null : JSON.parse(text) };
}

const mostly = <Value>(usual: Value, ...odd: readonly unknown[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const rarely = (value: unknown) => mostly(undefined, value);

const messages = fc
  .record({
    jsonrpc: mostly("2.0", "1.0", 2, null),
    id: fc.oneof({ weight: 9, arbitrary: fc.constantFrom<unknown>(1, 0, "a", "") }, fc.constantFrom(null, 1.5, {}, [])),
    method: fc.constantFrom<unknown>(
      ...["ping", "tools/list", "tools/call", "tools/call", "resources/read", "prompts/get", "completion/complete"],
      ...["initialize", "server/discover", "notifications/cancelled", "skills/get", "toString", "", 7, undefined],
    ),
    params: fc.constantFrom<unknown>(
      ...[undefined, {}, null, [], "text", { name: "get_contact" }, { name: "nothing", arguments: null }],
      ...[{ uri: "onsync://none" }, { name: "get_contact", arguments: { contactId: 7, more: true } }, { name: [] }],
      ...[
        { _meta: { any: 1 } },
        { _meta: 1 },
        { _meta: { progressToken: "p" } },
        { uri: "onsync://guide/whatsapp-window" },
      ],
    ),
    result: rarely({}),
    error: rarely({ code: 1, message: "" }),
    more: rarely(1),
  })
  .map((message): unknown => JSON.parse(JSON.stringify(message)));
const headers = fc
  .record({
    accept: mostly("text/event-stream;q=0.9, application/json", "application/json", "text/event-stream", "*/*"),
    "content-type": mostly("application/json; charset=utf-8", "APPLICATION/JSON", "text/plain", "application/jsonl"),
    "mcp-protocol-version": mostly("2025-11-25", "2025-03-26", "2024-10-07", "2099-01-01", "", "2026-07-28"),
  })
  .map((given) => given as Record<string, string>);
const bodies = fc.oneof(
  { weight: 8, arbitrary: messages },
  { weight: 1, arbitrary: fc.array(messages) },
  fc.jsonValue(),
);

describe("a plain request", () => {
  test("is answered as by the SDK's transport, which neither refuses it nor answers by more than a message", async () => {
    const [createOurs, createTheirs] = [createServers(), createServers()];
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(bodies, headers, async (message, given) => {
        const request = post(given);
        const isPlain = isPlainRequest(request, message);
        if (!isPlain) return;
        plain++;
        const expected = await answerBySdk(createTheirs(), post(given), message);
        const answer = toJson(await answerPlainRequest(createOurs(), message, request));
        expect({ status: 200, answer }).toEqual(expected);
      }),
      { numRuns: chooseRuns(1500) },
    );
    expect(plain).toBeGreaterThan(chooseRuns(1500) / 10);
  });

  test.each([
    ["a handshake", { method: "initialize", params: {} }],
    ["a call that wants progress", { method: "tools/call", params: { name: "a", _meta: { progressToken: 1 } } }],
    ["a stream of events", { method: "events/stream", params: {} }],
  ])("is not %s", (_what, message) => {
    expect(isPlainRequest(post(), { jsonrpc: "2.0", id: 1, ...message })).toBe(false);
  });
});

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
