/** The tools spoken over MCP: an adapter to @modelcontextprotocol/sdk 1.x (protocol revisions up to 2025-11-25). */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { version } from "../src/version.ts";
import { instructions } from "./instructions.ts";
import type { ToolContext } from "./tool.ts";
import { createToolbox, type McpOptions, type Toolbox } from "./toolbox.ts";

const serverInfo = { name: "onsync", title: "OnSync", version };

// The SDK makes one for each server, which over HTTP is one for each request; it is needed for elicitation alone.
let validator: AjvJsonSchemaValidator | undefined;
const jsonSchemaValidator: Pick<AjvJsonSchemaValidator, "getValidator"> = {
  getValidator: (schema) => {
    validator ??= new AjvJsonSchemaValidator();
    return validator.getValidator(schema);
  },
};

/** A server on tools that are there already: one for each session, or for each HTTP request. */
export const serverOf = (toolbox: Toolbox, { ending }: Pick<ToolContext, "ending"> = {}): Server => {
  // The low-level server: schemas and validation are ours (design: McpServer advertises unions as empty).
  const server = new Server(serverInfo, { capabilities: { tools: {} }, instructions, jsonSchemaValidator });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...toolbox.definitions] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) =>
    toolbox.call(params.name, params.arguments ?? {}, {
      signal,
      ...(ending && { ending }),
      ...(server.getClientCapabilities()?.elicitation && { ask: (question) => ask(server, question, signal) }),
    }),
  );
  return server;
};

/** Clients give a call 60 seconds unless told otherwise: the person's answer has to come before. */
const askTimeoutMs = 50_000;

const ask = async (server: Server, message: string, signal: AbortSignal): Promise<"yes" | "no" | "none"> => {
  try {
    const { action, content } = await server.elicitInput(
      {
        message,
        requestedSchema: {
          type: "object",
          properties: { send: { type: "boolean", title: "Send it" } },
          required: ["send"],
        },
      },
      { timeout: askTimeoutMs, signal },
    );
    return action === "accept" && content?.send === true ? "yes" : action === "cancel" ? "none" : "no";
  } catch {
    return "none";
  }
};

/**
 * An MCP server for one session. Connect it to a transport of the SDK's.
 */
export const createMcpServer = (options: McpOptions): Server => serverOf(createToolbox(options));
