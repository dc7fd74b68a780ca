/** Revision 2026-07-28 over HTTP, beside 2025-11-25 at the same address. */
import { describe, expect, test } from "@jest/globals";
import { tools } from "../../../mcp/tools/index.ts";
import { version } from "../../../src/version.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { post, serve } from "../http/requests.ts";
import { scripted } from "../session.ts";
import { inbox } from "../surface/inbox.ts";
import { ask, revision } from "./modern.ts";

test("server/discover says who the server is, what it has and which revisions it speaks", async () => {
  const { result } = await ask(serve({ events: createEventLog() }), "server/discover");
  expect(result).toMatchObject({
    resultType: "complete",
    supportedVersions: [revision],
    capabilities: { tools: {}, prompts: {}, completions: {}, resources: { subscribe: true } },
    instructions: expect.stringContaining("24 hours"),
    ttlMs: 300_000,
    cacheScope: "private",
    _meta: { "io.modelcontextprotocol/serverInfo": { name: "onsync", version } },
  });
});

test.each(["tools/list", "prompts/list", "resources/list", "resources/templates/list"])(
  "%s is complete, and may be kept for five minutes by the client that asked",
  async (method) => {
    const { result } = await ask(serve(), method);
    expect(result).toMatchObject({ resultType: "complete", ttlMs: 300_000, cacheScope: "private" });
  },
);

test("all tools are listed without a handshake", async () => {
  expect((await ask(serve(), "tools/list")).result.tools).toHaveLength(tools.filter(({ waits }) => !waits).length);
});

test("the guide may be kept by anybody, what customers wrote by nobody", async () => {
  const http = serve({ onsync: scripted(inbox) });
  const guide = await ask(http, "resources/read", { uri: "onsync://guide/whatsapp-window" });
  expect(guide.result).toMatchObject({ ttlMs: 3_600_000, cacheScope: "public" });
  const contact = await ask(http, "resources/read", { uri: "onsync://contacts/contact_01JGDNWSW9" });
  expect(contact.result).toMatchObject({ ttlMs: 0, cacheScope: "private" });
});

describe("a resource that is not there", () => {
  const uri = "onsync://nothing";

  test("is -32602 since 2026-07-28", async () => {
    const { error } = await ask(serve(), "resources/read", { uri });
    expect(error).toMatchObject({ code: -32602, data: { uri } });
  });

  test("is -32002 up to 2025-11-25", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri } };
    expect(await (await serve().fetch(post({}, body))).json()).toMatchObject({
      error: { code: -32002, data: { uri } },
    });
  });
});

describe("headers", () => {
  const call = { name: "list_webhooks", arguments: {} };

  test.each([
    ["Mcp-Method is missing", { "mcp-method": undefined }],
    ["Mcp-Method names another method", { "mcp-method": "tools/list" }],
    ["Mcp-Name is missing", { "mcp-name": undefined }],
    ["Mcp-Name names another tool", { "mcp-name": "delete_webhook" }],
    ["MCP-Protocol-Version is missing", { "mcp-protocol-version": undefined }],
    ["MCP-Protocol-Version is another than the body's", { "mcp-protocol-version": "2025-11-25" }],
  ])("a request is refused with -32020 where %s", async (_what, headers) => {
    const { status, error } = await ask(serve(), "tools/call", call, { headers });
    expect([status, error?.code]).toEqual([400, -32020]);
  });

  test("a name beyond ASCII is taken in base64, as the header says", async () => {
    const name = "écrire";
    const { result } = await ask(
      serve(),
      "tools/call",
      { name, arguments: {} },
      { headers: { "mcp-name": `=?base64?${Buffer.from(name).toString("base64")}?=` } },
    );
    expect(result).toMatchObject({ resultType: "complete", isError: true });
  });
});

test("a revision that does not exist yet is refused with -32022, which names what is spoken", async () => {
  const { status, error } = await ask(serve(), "tools/list", {}, { version: "2027-01-01" });
  expect([status, error?.code]).toEqual([400, -32022]);
  expect(error?.data).toMatchObject({ supported: [revision], requested: "2027-01-01" });
});

test.each(["initialize", "ping", "logging/setLevel", "resources/subscribe"])(
  "%s is gone since 2026-07-28, and is no method then",
  async (method) => {
    const { status, error } = await ask(serve(), method, { uri: "onsync://nothing", level: "debug" });
    expect([status, error?.code]).toEqual([404, -32601]);
  },
);

test("a body of the new revision may be as large as one of the old, and no larger", async () => {
  const { status } = await ask(serve({ maxBodyBytes: 1000 }), "tools/list", { padding: "x".repeat(1000) });
  expect(status).toBe(413);
});
