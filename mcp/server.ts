/**
 * A surface spoken over MCP: an adapter to @modelcontextprotocol/server. The same handlers serve both eras of the protocol;
 * what differs is in `protocol/`.
 */
import { ProtocolError, ProtocolErrorCode, Server, type ServerContext } from "@modelcontextprotocol/server";
import { version } from "../src/version.ts";
import { type Apps, createApps } from "./apps/index.ts";
import { callTool } from "./call/call-tool.ts";
import type { Report } from "./call/progress.ts";
import { toArguments } from "./call/read-arguments.ts";
import { instructions } from "./instructions.ts";
import type { McpOptions } from "./options.ts";
import { createQuestioner } from "./protocol/ask-person.ts";
import type { Era } from "./protocol/era.ts";
import { handleEventWebhooks } from "./protocol/event-webhooks.ts";
import { handleEvents } from "./protocol/events.ts";
import { describeHost } from "./protocol/host.ts";
import { blameParams } from "./protocol/invalid-params.ts";
import { keepOldCodes, resourceNotFound } from "./protocol/old-codes.ts";
import { handleSkills, skillsExtension } from "./protocol/skills.ts";
import { handleSubscriptions } from "./protocol/subscriptions.ts";
import type { CompletionKind } from "./surface/completion.ts";
import { eventsExtension } from "./surface/events.ts";
import { createSurface, type Surface } from "./surface/index.ts";
import { resourceTemplates } from "./surface/resources.ts";
import type { ToolContext } from "./tools/tool.ts";

const serverInfo = { name: "onsync", title: "OnSync", version };

/** How long a host may keep a list that it was given, in milliseconds: it changes when the operator's settings do. */
const listTtlMs = 300_000;
const listHint = { ttlMs: listTtlMs, cacheScope: "private" } as const;

/**
 * Takes arguments of any kind: hosts send `null`, or JSON as text, before the SDK's schema would refuse it. Other params that
 * it refuses are the host's mistake, and told as such.
 */
class LenientServer extends Server {
  protected override _wrapHandler(method: string, handler: Parameters<Server["_wrapHandler"]>[1]) {
    const wrapped = super._wrapHandler(method, handler);
    if (method !== "tools/call")
      return async (...given: Parameters<typeof wrapped>) => {
        try {
          return await wrapped(...given);
        } catch (error) {
          throw blameParams(method, error);
        }
      };
    return (request: Parameters<typeof wrapped>[0], context: Parameters<typeof wrapped>[1]) => {
      const { params } = request;
      return wrapped({ ...request, params: { ...params, arguments: toArguments(params?.arguments) } }, context);
    };
  }
}

/** What a call is given of the request that asked for it. */
type ContextFactory = (request: ServerContext) => ToolContext;

export type ServerOptions = Pick<ToolContext, "ending"> & {
  era: Era;
  /** Whether it can tell of changes by itself: it lasts, or something that lasts tells for it. */
  subscriptions?: boolean;
  /** Who calls, where the server knows. */
  principal?: string | undefined;
};

/**
 * An MCP server for one session of the era of sessions. Connect it to a transport of the SDK's.
 */
export function createMcpServer(options: McpOptions): Server {
  return createServer(createSurface(options), { era: "legacy", subscriptions: true });
}

/** A server on a surface that is there already: one for each session, or for each HTTP request. */
export function createServer(
  surface: Surface,
  { ending, era, subscriptions = false, principal }: ServerOptions,
): Server {
  const { toolbox, events, eventWebhooks } = surface;
  const changes = subscriptions ? surface.changes : undefined;
  // The low-level server: the SDK's McpServer reads schemas of its own making. The schemas and the validation are ours.
  const server = new LenientServer(serverInfo, {
    capabilities: {
      tools: {},
      resources: changes ? { subscribe: true } : {},
      prompts: {},
      completions: {},
      extensions: { [skillsExtension]: {}, ...(events && { [eventsExtension]: {} }) },
      // Hosts look for it in the one place or in the other.
      ...(events && { events: {} }),
    },
    instructions,
    cacheHints: {
      "tools/list": listHint,
      "prompts/list": listHint,
      "resources/list": listHint,
      "resources/templates/list": listHint,
      "server/discover": listHint,
    },
    // What a person answers is checked where it is used. The SDK's own checker is not loaded for it.
    jsonSchemaValidator: {
      getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
    },
  });
  const createContext: ContextFactory = (request) => ({
    signal: request.mcpReq.signal,
    ending,
    report: createReporter(request),
    host: describeHost(server, request),
  });

  const apps = createApps(toolbox);
  server.setRequestHandler("tools/list", (_message, request) => ({
    tools: apps.listTools(createContext(request).host),
  }));
  server.setRequestHandler("tools/call", async ({ params: { name, arguments: args = {} } }, request) => {
    const { confirmations } = toolbox.guard;
    const decided = await apps.callTool(name, args, createContext(request));
    if (decided) return decided;
    const { ask, getQuestion } = await createQuestioner(server, era, request, confirmations, [name, args]);
    const result = await callTool(toolbox, name, args, { ...createContext(request), ask });
    return getQuestion() ?? result;
  });
  handleResources(server, surface, apps, createContext);
  handlePrompts(server, surface, createContext);
  handleCompletion(server, surface, createContext);
  handleSkills(server, surface.skills);
  if (events) handleEvents(server, events, createContext);
  if (eventWebhooks) handleEventWebhooks(server, eventWebhooks, principal);
  if (changes && era === "legacy") handleSubscriptions(server, changes);
  if (era === "legacy") keepOldCodes(server);
  return server;
}

function handleResources(server: Server, { resources }: Surface, apps: Apps, createContext: ContextFactory): void {
  server.setRequestHandler("resources/list", (_message, request) => ({
    resources: [...resources.list, ...apps.listResources(createContext(request).host)],
  }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: resources.templates }));
  server.setRequestHandler("resources/read", async ({ params: { uri } }, request) => {
    const view = apps.readResource(uri, createContext(request).host);
    if (view) return { contents: [view] };
    const answer = await resources.read(uri, createContext(request));
    if (!answer.found) throw new ProtocolError(resourceNotFound, answer.message, { uri });
    return { contents: [answer.contents], ...answer.cache };
  });
}

function handlePrompts(server: Server, { prompts }: Surface, createContext: ContextFactory): void {
  server.setRequestHandler("prompts/list", () => ({ prompts: prompts.list }));
  server.setRequestHandler("prompts/get", async ({ params }, request) => {
    const answer = await prompts.get(params.name, params.arguments ?? {}, createContext(request));
    if (!answer.found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, answer.message);
    const { description, text } = answer;
    return { description, messages: [{ role: "user", content: { type: "text", text } }] };
  });
}

const completionKinds: Record<string, CompletionKind> = {
  [resourceTemplates.contact.uriTemplate]: "contact",
  [resourceTemplates.messages.uriTemplate]: "conversation",
};

function handleCompletion(server: Server, { prompts, complete }: Surface, createContext: ContextFactory): void {
  server.setRequestHandler("completion/complete", async ({ params: { ref, argument } }, request) => {
    const kind =
      ref.type === "ref/prompt"
        ? prompts.findCompletionKind(ref.name, argument.name)
        : argument.name === "id"
          ? completionKinds[ref.uri]
          : undefined;
    return { completion: kind ? await complete(kind, argument.value, createContext(request)) : { values: [] } };
  });
}

/** Progress goes out where the request brought a token for it. A host that has hung up is told no more. */
function createReporter({ mcpReq }: ServerContext): Report | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return (progress) => {
    mcpReq.notify({ method: "notifications/progress", params: { progressToken, ...progress } }).catch(() => {});
  };
}
