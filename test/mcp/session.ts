/** An MCP client in process, and an OnSync whose answers a test scripts. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import type { JsonSchemaType, JsonSchemaValidator } from "@modelcontextprotocol/sdk/validation";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { createMcpServer, type McpOptions } from "../../mcp/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { toolsets } from "../../src/operations/toolsets.ts";

/** Every group of tools, those of webhooks too, which are offered by name alone. */
export const everyToolset = { toolsets };

export type Answer = {
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into the answers of every tool
  data: any;
  isError: boolean;
  error: { retry: string; code: string; requestId?: string; retryAfterMs?: number } | undefined;
};

export function answerOf(result: Awaited<ReturnType<Client["callTool"]>>): Answer {
  return {
    text: (result.content as { text: string }[]).map(({ text }) => text).join("\n"),
    data: result.structuredContent,
    isError: result.isError === true,
    error: result._meta?.["onsync/error"] as Answer["error"],
  };
}

/** The SDK's own, which compiles a schema once and not for every client: that was most of what a session took. */
class CompilingOnce extends AjvJsonSchemaValidator {
  readonly #compiled = new Map<string, JsonSchemaValidator<unknown>>();

  override getValidator<T>(schema: JsonSchemaType): JsonSchemaValidator<T> {
    const key = JSON.stringify(schema);
    const compiled = this.#compiled.get(key) ?? super.getValidator(schema);
    this.#compiled.set(key, compiled);
    return compiled as JsonSchemaValidator<T>;
  }
}
const jsonSchemaValidator = new CompilingOnce();

/** A client that has listed the tools, so that the SDK holds every structured answer against its schema. */
export async function connect(
  options: McpOptions,
  capabilities: ClientCapabilities = {},
  prepare: (client: Client) => void = () => {},
) {
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities, jsonSchemaValidator });
  prepare(client);
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const server = createMcpServer(options);
  await server.connect(serverSide);
  await client.connect(clientSide);
  const { tools } = await client.listTools();
  return {
    client,
    tools,
    call: async (name: string, args: Record<string, unknown> = {}) =>
      answerOf(await client.callTool({ name, arguments: args })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

type Script = { [Part in keyof OnSync]?: Partial<OnSync[Part]> | null };

/** Calls that the script does not have fail the test; whose key it is goes unknown unless the script tells. */
export function scripted(script: Script): OnSync {
  const part = (name: keyof OnSync) =>
    new Proxy(
      {},
      {
        get: (_target, method) => {
          const found = (script[name] as Record<PropertyKey, unknown> | undefined)?.[method];
          if (!found) throw new Error(`the script has no ${name}.${String(method)}`);
          return found;
        },
      },
    );
  return {
    baseUrl: "https://api.onsync.com/v1",
    ledgerScope: "https://api.onsync.com/v1",
    rateLimit: script.rateLimit ?? null,
    account: script.account ? part("account") : { check: async () => ({ account: null, via: "webhooks" }) },
    contacts: part("contacts"),
    messages: part("messages"),
    conversations: part("conversations"),
    templates: part("templates"),
    webhooks: part("webhooks"),
  } as OnSync;
}

export const envelope = { requestId: "req_test", timestamp: "2024-12-01T12:00:00.000Z" };

/** A value, or an answer's text, without the fences around what customers write. */
export function unfence(text: string): string {
  return text.replace(/<\/?customer-[a-z0-9]{8}>/g, "");
}
