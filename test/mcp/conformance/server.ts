/** A server that has everything the official conformance suite asks for: its resources and prompts, and `tools.ts`. */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  type GetPromptResult,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type Prompt,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { callTool, png, tools } from "./tools.ts";

function said(text: string): GetPromptResult["messages"][number] {
  return { role: "user", content: { type: "text", text } };
}

export const prompts: Prompt[] = [
  { name: "test_simple_prompt", description: "Without arguments." },
  {
    name: "test_prompt_with_arguments",
    description: "With two arguments.",
    arguments: [
      { name: "arg1", required: true },
      { name: "arg2", required: true },
    ],
  },
  {
    name: "test_prompt_with_embedded_resource",
    description: "With a resource.",
    arguments: [{ name: "resourceUri", required: true }],
  },
  { name: "test_prompt_with_image", description: "With an image." },
];

export function promptMessages(name: string, args: Record<string, string>): GetPromptResult["messages"] {
  switch (name) {
    case "test_prompt_with_arguments":
      return [said(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`)];
    case "test_prompt_with_embedded_resource": {
      const resource = {
        uri: String(args.resourceUri),
        mimeType: "text/plain",
        text: "Embedded resource content for testing.",
      };
      return [
        { role: "user", content: { type: "resource", resource } },
        said("Please process the embedded resource above."),
      ];
    }
    case "test_prompt_with_image":
      return [
        { role: "user", content: { type: "image", data: png, mimeType: "image/png" } },
        said("Please analyze the image above."),
      ];
    default:
      return [said("This is a simple prompt for testing.")];
  }
}

export const resources = [
  { uri: "test://static-text", name: "static-text", description: "A text.", mimeType: "text/plain" },
  { uri: "test://static-binary", name: "static-binary", description: "An image.", mimeType: "image/png" },
  { uri: "test://watched-resource", name: "watched-resource", description: "One to watch.", mimeType: "text/plain" },
];

export const resourceTemplates = [
  { uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" },
];

export function contentsOf(uri: string) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined)
    return {
      uri,
      mimeType: "application/json",
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    };
  return uri === "test://static-binary"
    ? { uri, mimeType: "image/png", blob: png }
    : { uri, mimeType: "text/plain", text: "This is the content of the static text resource." };
}

export function createFixtureServer(): Server {
  const server = new Server(
    { name: "conformance-fixture", version: "1.0.0" },
    { capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    callTool(params.name, params.arguments ?? {}, extra),
  );
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => ({ contents: [contentsOf(params.uri)] }));
  server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => ({
    messages: promptMessages(params.name, params.arguments ?? {}),
  }));
  server.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return server;
}
