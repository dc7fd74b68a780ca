/**
 * The clients that hosts are built on run the main path over stdio and HTTP: sdk 1.x, and client 2.x in legacy mode, in
 * auto mode (which finds revision 2026-07-28), and told that there is nothing else.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createMcpHttp } from "../../mcp/index.ts";
import { tools } from "../../mcp/tools/index.ts";
import { createReference, type Reference } from "../../reference/index.ts";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { answerOf, everyToolset } from "./session.ts";

const token = "a-long-random-token";
const info = { name: "test", version: "1.0.0" };

let reference: Reference;
let api: { url: string };
let mcp: { url: string; close(): Promise<void> };
const transport = undiciTransport();
beforeAll(async () => {
  reference = createReference({ keys: ["clients-key"] });
  api = await reference.listen(0);
  const onsync = createOnSync({ apiKey: "clients-key", baseUrl: api.url, transport });
  mcp = await createMcpHttp({ onsync, token, safety: everyToolset }).listen(0);
});
afterAll(async () => {
  await mcp.close();
  await transport.close();
  await reference.close();
});

function child() {
  return {
    command: process.execPath,
    args: [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "../../cli/onsync-mcp.ts"),
      ...["--toolsets", everyToolset.toolsets.join(",")],
    ],
    env: { ONSYNC_API_KEY: "clients-key", ONSYNC_BASE_URL: api.url, ONSYNC_LOG_LEVEL: "silent" },
  };
}

function remote() {
  return [new URL(mcp.url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }] as const;
}

/** The part of both clients that the main path needs. */
type AnyClient = Pick<
  Client1,
  "listTools" | "callTool" | "readResource" | "listPrompts" | "getPrompt" | "complete" | "ping" | "close"
>;

async function version1(how: "stdio" | "http"): Promise<AnyClient> {
  const client = new Client1(info);
  await client.connect(how === "stdio" ? new Stdio1(child()) : new Http1(...remote()));
  return client;
}

const modern = "2026-07-28";

function version2(mode: "legacy" | "auto" | { pin: string }) {
  return async (how: "stdio" | "http"): Promise<AnyClient> => {
    const client = new Client2(info, { versionNegotiation: { mode } });
    await client.connect(how === "stdio" ? new Stdio2(child()) : new Http2(...remote()));
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === "legacy" ? "2025-11-25" : modern);
    // The two majors' types differ in what they say of the same messages.
    return client as unknown as AnyClient;
  };
}

const clients = [
  ["sdk 1.x", version1],
  ["client 2.x, legacy", version2("legacy")],
  ["client 2.x, auto", version2("auto")],
  ["client 2.x, modern", version2({ pin: modern })],
] as const;

describe.each(clients)("%s", (name, connect) => {
  test.each(["stdio", "http"] as const)(
    "over %s",
    async (how) => {
      const client = await connect(how);
      try {
        expect((await client.listTools()).tools).toHaveLength(tools.filter(({ waits }) => !waits).length);
        const call = async (tool: string, args: Record<string, unknown>) =>
          answerOf(await client.callTool({ name: tool, arguments: args }));

        // A contact of its own for each, since they share one server.
        const phone = `+97150${String(1_000_000 + clients.findIndex(([known]) => known === name) * 10 + how.length)}`;
        const saved = await call("save_contact", { firstName: "Sara", phone });
        expect(saved.data).toMatchObject({ created: true });
        const found = await call("get_contact", { contactId: saved.data.id });
        expect(found.data).toMatchObject({ firstName: "Sara", phone });
        const sent = await call("send_template", {
          to: phone,
          template: "order_follow_up",
          language: "en",
          parameters: ["Sara"],
        });
        const conversationId = `whatsapp:${phone}`;
        expect(sent.data).toMatchObject({ conversationId, templateWindowStatus: { open: false } });
        const history = await call("list_messages", { conversationId });
        expect(history.data.data[0].id).toBe(sent.data.id);
        const refused = await call("send_message", { platform: "whatsapp", to: phone, content: "Hi" });
        expect(refused.error?.code).toBe("outside_messaging_window");
        expect(refused.text).toContain("Next: list_templates");

        const { contents } = await client.readResource({ uri: `onsync://contacts/${saved.data.id}` });
        expect(contents[0]).toMatchObject({ text: expect.stringContaining(phone) });
        expect((await client.listPrompts()).prompts).toHaveLength(3);
        const { messages } = await client.getPrompt({ name: "reply_to_customer", arguments: { conversationId } });
        expect(messages).toHaveLength(1);
        const { completion } = await client.complete({
          ref: { type: "ref/resource", uri: "onsync://contacts/{id}" },
          argument: { name: "id", value: saved.data.id },
        });
        expect(completion.values).toEqual([saved.data.id]);
        // Since 2026-07-28 there is none.
        if (name === "sdk 1.x" || name === "client 2.x, legacy") await client.ping();
      } finally {
        await client.close();
      }
    },
    20_000,
  );
});
