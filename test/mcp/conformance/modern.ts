/**
 * The suite's fixtures of revision 2026-07-28 behind the app that every MCP request of ours passes. Prints its address.
 */
import {
  createMcpHandler,
  fromJsonSchema,
  type InputRequiredResult,
  McpServer,
  ResourceNotFoundError,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { createHttpApp } from "../../../mcp/http/app.ts";
import { askForContext, modernTools, text, verifyState } from "./modern-tools.ts";
import { contentsOf, promptMessages, prompts, resources, resourceTemplates } from "./server.ts";
import { callTool, tools } from "./tools.ts";

/** What 2026-07-28 has no more: a server that asks in the middle of a call. */
const ofSessions = ["test_sampling", "test_tool_with_logging"];

const contextPrompt = "test_input_required_result_prompt";

function describeFixture(name: string) {
  return { description: `The conformance suite's ${name}.` };
}

function addTools(server: McpServer): void {
  for (const { name, description, inputSchema } of tools) {
    if (ofSessions.includes(name) || name.startsWith("test_elicitation")) continue;
    server.registerTool(
      name,
      { ...(description !== undefined && { description }), inputSchema: fromJsonSchema(inputSchema) },
      async (args, { mcpReq }: ServerContext) =>
        (await callTool(
          name,
          args as Record<string, unknown>,
          {
            _meta: mcpReq._meta,
            sendNotification: mcpReq.notify,
          } as never,
        )) as object as { content: [] },
    );
  }
  for (const [name, call] of Object.entries(modernTools)) {
    server.registerTool(
      name,
      describeFixture(name),
      async (request: ServerContext) => (await call(request)) as InputRequiredResult,
    );
  }
  const region = { type: "string", "x-mcp-header": "Region" };
  server.registerTool(
    "test_custom_header",
    {
      ...describeFixture("test_custom_header"),
      inputSchema: fromJsonSchema({ type: "object", properties: { region }, required: ["region"] }),
    },
    async (args) => text(JSON.stringify(args)),
  );
}

function addLists({ server }: McpServer): void {
  server.setRequestHandler("resources/list", () => ({ resources }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    if (!uri.startsWith("test://template/") && !resources.some((resource) => resource.uri === uri))
      throw new ResourceNotFoundError(uri);
    return { contents: [contentsOf(uri)] };
  });
  server.setRequestHandler("prompts/list", () => ({
    prompts: [...prompts, { name: contextPrompt, description: "Asks for its context." }],
  }));
  server.setRequestHandler("prompts/get", async ({ params }, request) => {
    if (params.name !== contextPrompt) return { messages: promptMessages(params.name, params.arguments ?? {}) };
    const asked = await askForContext(request);
    if ("resultType" in asked) return asked as InputRequiredResult;
    const { content } = asked as ReturnType<typeof text>;
    return { messages: content.map((block) => ({ role: "user" as const, content: block })) };
  });
  server.setRequestHandler("completion/complete", () => ({ completion: { values: [], total: 0, hasMore: false } }));
}

const handler = createMcpHandler(
  () => {
    const server = new McpServer(
      { name: "conformance-fixture", version: "1.0.0" },
      {
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true },
          prompts: { listChanged: true },
          completions: {},
          logging: {},
        },
        requestState: { verify: verifyState },
      },
    );
    addTools(server);
    server.registerTool("test_trigger_tool_change", describeFixture("test_trigger_tool_change"), async () => {
      handler.notify.toolsChanged();
      return text("Told.");
    });
    server.registerTool("test_trigger_prompt_change", describeFixture("test_trigger_prompt_change"), async () => {
      handler.notify.promptsChanged();
      return text("Told.");
    });
    addLists(server);
    return server;
  },
  { legacy: "reject" },
);

const { url } = await createHttpApp({}, (request) => handler.fetch(request), new AbortController()).listen(0);
process.stdout.write(`${url}\n`);
