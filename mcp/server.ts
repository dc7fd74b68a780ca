/** A surface spoken over MCP: an adapter to @modelcontextprotocol/sdk 1.x (protocol revisions up to 2025-11-25). */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type ServerNotification,
  type ServerRequest,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { systemClock } from "../src/client/clock.ts";
import { version } from "../src/version.ts";
import type { EventReader } from "../src/webhooks/log/event-log.ts";
import { callTool } from "./call/call-tool.ts";
import type { Report } from "./call/progress.ts";
import { instructions } from "./instructions.ts";
import type { McpOptions } from "./options.ts";
import type { CompletionKind } from "./surface/completion.ts";
import { type Events, eventsExtension } from "./surface/events.ts";
import { createSurface, type Surface } from "./surface/index.ts";
import { resourceTemplates } from "./surface/resources.ts";
import { createSubscriptions } from "./surface/subscriptions.ts";
import type { ToolContext } from "./tools/tool.ts";

const serverInfo = { name: "onsync", title: "OnSync", version };

/** The protocol's own code for a resource that is not there. */
const resourceNotFound = -32002;

/** The Events extension's code for an event that is not there. */
const eventNotFound = -32011;

const EventsListRequest = z.object({ method: z.literal("events/list"), params: z.looseObject({}).optional() });
const EventsPollRequest = z.object({
  method: z.literal("events/poll"),
  params: z.looseObject({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).optional(),
    cursor: z.string().nullish(),
    maxEvents: z.number().optional(),
    maxAgeMs: z.number().optional(),
  }),
});

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** What a call is given of the request that asked for it. */
type ContextFactory = (extra: Extra) => ToolContext;

/**
 * An MCP server for one session. Connect it to a transport of the SDK's.
 */
export function createMcpServer(options: McpOptions): Server {
  return createServer(createSurface(options), { session: true });
}

/**
 * A server on a surface that is there already: one for each session, or for each HTTP request.
 *
 * @param session whether it lasts, so that it can tell of changes by itself
 */
export function createServer(
  surface: Surface,
  { ending, session = false }: Pick<ToolContext, "ending"> & { session?: boolean } = {},
): Server {
  const { toolbox, events } = surface;
  const changes = session ? surface.changes : undefined;
  // The low-level server: the SDK's McpServer advertises an input that is a union as one without fields. The schemas and
  // the validation are ours instead.
  const server = new Server(serverInfo, {
    capabilities: {
      tools: {},
      resources: changes ? { subscribe: true } : {},
      prompts: {},
      completions: {},
      ...(events && { extensions: { [eventsExtension]: {} } }),
    },
    instructions,
    // What a person answers is checked where it is used. The SDK's own checker is not loaded for it.
    jsonSchemaValidator: {
      getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
    },
  });
  const createContext: ContextFactory = (extra) => ({
    signal: extra.signal,
    ending,
    report: createReporter(extra),
    ask: server.getClientCapabilities()?.elicitation && ((question) => askPerson(server, question, extra.signal)),
  });

  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...toolbox.tools.definitions] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    callTool(toolbox, params.name, params.arguments ?? {}, createContext(extra)),
  );
  handleResources(server, surface, createContext);
  handlePrompts(server, surface, createContext);
  handleCompletion(server, surface, createContext);
  if (events) handleEvents(server, events, createContext);
  if (changes) handleSubscriptions(server, changes);
  return server;
}

function handleResources(server: Server, { resources }: Surface, createContext: ContextFactory): void {
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: resources.list }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: resources.templates }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }, extra) => {
    const answer = await resources.read(params.uri, createContext(extra));
    if (!answer.found) throw new McpError(resourceNotFound, answer.message, { uri: params.uri });
    return { contents: [answer.contents] };
  });
}

function handlePrompts(server: Server, { prompts }: Surface, createContext: ContextFactory): void {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: prompts.list }));
  server.setRequestHandler(GetPromptRequestSchema, async ({ params }, extra) => {
    const answer = await prompts.get(params.name, params.arguments ?? {}, createContext(extra));
    if (!answer.found) throw new McpError(ErrorCode.InvalidParams, answer.message);
    const { description, text } = answer;
    return { description, messages: [{ role: "user", content: { type: "text", text } }] };
  });
}

const completionKinds: Record<string, CompletionKind> = {
  [resourceTemplates.contact.uriTemplate]: "contact",
  [resourceTemplates.messages.uriTemplate]: "conversation",
};

function handleCompletion(server: Server, { prompts, complete }: Surface, createContext: ContextFactory): void {
  server.setRequestHandler(CompleteRequestSchema, async ({ params: { ref, argument } }, extra) => {
    const kind =
      ref.type === "ref/prompt"
        ? prompts.findCompletionKind(ref.name, argument.name)
        : argument.name === "id"
          ? completionKinds[ref.uri]
          : undefined;
    return { completion: kind ? await complete(kind, argument.value, createContext(extra)) : { values: [] } };
  });
}

function handleEvents(server: Server, events: Events, createContext: ContextFactory): void {
  server.setRequestHandler(EventsListRequest, () => ({ events: events.list }));
  server.setRequestHandler(EventsPollRequest, async ({ params }, extra) => {
    const answer = await events.poll(params, createContext(extra));
    if (answer.found) {
      const { found: _found, ...page } = answer;
      return page;
    }
    const { unknown, message } = answer;
    throw new McpError(unknown ? eventNotFound : ErrorCode.InvalidParams, message, unknown ? { kind: "event" } : {});
  });
}

/** Lets the session's host subscribe to resources that change. */
function handleSubscriptions(server: Server, changes: EventReader): void {
  const subscriptions = createSubscriptions(
    changes,
    (uri) => void server.sendResourceUpdated({ uri }).catch(() => {}),
    systemClock.sleep,
  );
  server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) => {
    if (subscriptions.add(uri)) return {};
    throw new McpError(
      ErrorCode.InvalidParams,
      "This resource does not change: subscribe to a contact or a conversation.",
    );
  });
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
    subscriptions.remove(uri);
    return {};
  });
  const { onclose } = server;
  server.onclose = () => {
    subscriptions.close();
    onclose?.();
  };
}

/** Progress goes out where the request brought a token for it. A host that has hung up is told no more. */
function createReporter({ _meta, sendNotification }: Extra): Report | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return (progress) => {
    sendNotification({ method: "notifications/progress", params: { progressToken, ...progress } }).catch(() => {});
  };
}

/** Clients give a call 60 seconds unless told otherwise: the person's answer has to come before. */
const askTimeoutMs = 50_000;

async function askPerson(server: Server, message: string, signal: AbortSignal): Promise<"yes" | "no" | "none"> {
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
}
