/** The tools that the official conformance suite asks a server for, as its scenarios describe them. */
import { setTimeout as delay } from "node:timers/promises";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type CallToolResult,
  CreateMessageResultSchema,
  type ElicitRequestFormParams,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;
type Handler = (args: Record<string, unknown>, extra: Extra) => Promise<CallToolResult["content"]>;

/** One red pixel, and a sound of no samples. */
export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

function text(words: string) {
  return [{ type: "text" as const, text: words }];
}

const nothing = { type: "object" as const, properties: {} };

function withArgument(name: string) {
  return {
    type: "object" as const,
    properties: { [name]: { type: "string" } },
    required: [name],
  };
}

function elicit(extra: Extra, message: string, requestedSchema: ElicitRequestFormParams["requestedSchema"]) {
  return extra.sendRequest({ method: "elicitation/create", params: { message, requestedSchema } }, ElicitResultSchema);
}

function completed({ action, content }: { action: string; content?: unknown }) {
  return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
}

function options(...names: string[]) {
  return names.map((name) => ({ const: name, title: `Title of ${name}` }));
}

const fixtures: Record<string, [Tool["inputSchema"], Handler]> = {
  test_simple_text: [nothing, async () => text("This is a simple text response for testing.")],
  test_image_content: [nothing, async () => [{ type: "image", data: png, mimeType: "image/png" }]],
  test_audio_content: [nothing, async () => [{ type: "audio", data: wav, mimeType: "audio/wav" }]],
  test_embedded_resource: [
    nothing,
    async () => [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  ],
  test_multiple_content_types: [
    nothing,
    async () => [
      { type: "text", text: "Multiple content types test:" },
      { type: "image", data: png, mimeType: "image/png" },
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: '{"test":"data","value":123}',
        },
      },
    ],
  ],
  test_tool_with_logging: [
    nothing,
    async (_args, extra) => {
      for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
        await extra.sendNotification({ method: "notifications/message", params: { level: "info", data } });
        await delay(50);
      }
      return text("Logged.");
    },
  ],
  test_error_handling: [
    nothing,
    async () => {
      throw new Error("This tool intentionally returns an error for testing");
    },
  ],
  test_tool_with_progress: [
    nothing,
    async (_args, { _meta, sendNotification }) => {
      const progressToken = _meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined)
          await sendNotification({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
        await delay(50);
      }
      return text("Done.");
    },
  ],
  test_sampling: [
    withArgument("prompt"),
    async ({ prompt }, extra) => {
      const params = {
        messages: [{ role: "user" as const, content: { type: "text" as const, text: String(prompt) } }],
        maxTokens: 100,
      };
      const { content } = await extra.sendRequest(
        { method: "sampling/createMessage", params },
        CreateMessageResultSchema,
      );
      return text(`LLM response: ${JSON.stringify(content)}`);
    },
  ],
  test_elicitation: [
    withArgument("message"),
    async ({ message }, extra) => {
      const { action, content } = await elicit(extra, String(message), {
        type: "object",
        properties: {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        },
        required: ["username", "email"],
      });
      return text(`User response: action=${action}, content=${JSON.stringify(content)}`);
    },
  ],
  test_elicitation_sep1034_defaults: [
    nothing,
    async (_args, extra) =>
      completed(
        await elicit(extra, "Defaults", {
          type: "object",
          properties: {
            name: { type: "string", default: "John Doe" },
            age: { type: "integer", default: 30 },
            score: { type: "number", default: 95.5 },
            status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
            verified: { type: "boolean", default: true },
          },
        }),
      ),
  ],
  test_elicitation_sep1330_enums: [
    nothing,
    async (_args, extra) =>
      completed(
        await elicit(extra, "Enums", {
          type: "object",
          properties: {
            untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
            titledSingle: { type: "string", oneOf: options("value1", "value2", "value3") },
            legacyEnum: {
              type: "string",
              enum: ["opt1", "opt2", "opt3"],
              enumNames: ["Option One", "Option Two", "Option Three"],
            },
            untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
            titledMulti: { type: "array", items: { anyOf: options("value1", "value2", "value3") } },
          },
        }),
      ),
  ],
  test_reconnection: [
    nothing,
    async (_args, { closeSSEStream }) => {
      await delay(50);
      closeSSEStream?.();
      // The client comes back with its last event's id, and is answered there.
      await delay(100);
      return text("Answered after the stream was closed.");
    },
  ],
  json_schema_2020_12_tool: [
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: {
        address: {
          $anchor: "addressDef",
          type: "object",
          properties: { street: { type: "string" }, city: { type: "string" } },
        },
      },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      // biome-ignore lint/suspicious/noThenProperty: the suite's schema has it
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    },
    async () => text("Valid."),
  ],
};

export const tools: Tool[] = Object.entries(fixtures).map(([name, [inputSchema]]) => ({
  name,
  description: `The conformance suite's ${name}.`,
  inputSchema,
}));

export async function callTool(name: string, args: Record<string, unknown>, extra: Extra): Promise<CallToolResult> {
  try {
    const [, handler] = fixtures[name] ?? [];
    if (!handler) throw new Error(`There is no tool ${name}.`);
    return { content: await handler(args, extra) };
  } catch (error) {
    return { isError: true, content: text(error instanceof Error ? error.message : String(error)) };
  }
}
