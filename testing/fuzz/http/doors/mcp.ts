/** MCP over HTTP, in the words of both eras of the protocol. */
import fc from "fast-check";
import { fromSchema, type Schema } from "../../inputs/schema.ts";
import { hostileText, hostileValue } from "../../inputs/text.ts";
import { createDoor, type OpenDoor } from "../door.ts";
import { type HttpInput, toBytes } from "../requests.ts";
import { ask, credentials, post, startMcp } from "./mcp-server.ts";

const modernRevision = "2026-07-28";

type Message = { method: string; params: Record<string, unknown>; id: unknown };
type Tool = { name: string; inputSchema: Schema };

const uris = ["onsync://guide/whatsapp-window", "onsync://contacts/contact_1", "onsync://conversations/telegram:sara"];

/** Messages by the schemas that the server tells, and by those of the protocol. */
function describeMessages(tools: readonly Tool[], prompts: readonly { name: string }[]): fc.Arbitrary<Message> {
  const calls = tools.map(({ name, inputSchema }) =>
    fromSchema(inputSchema).map((args) => ({ method: "tools/call", params: { name, arguments: args } })),
  );
  const uri = fc.oneof(
    fc.constantFrom(...uris),
    hostileText,
    hostileText.map((text) => `onsync://contacts/${text}`),
  );
  const prompt = fc
    .tuple(fc.constantFrom(...prompts.map(({ name }) => name), "none"), fc.dictionary(hostileText, hostileValue))
    .map(([name, args]) => ({ method: "prompts/get", params: { name, arguments: args } }));
  const completion = fc.tuple(uri, hostileText).map(([ref, value]) => ({
    method: "completion/complete",
    params: { ref: { type: "ref/resource", uri: ref }, argument: { name: "id", value } },
  }));
  const named = fc
    .constantFrom(
      "initialize",
      "ping",
      "tools/list",
      "prompts/list",
      "resources/list",
      "resources/templates/list",
      "server/discover",
      "logging/setLevel",
      "tasks/list",
      "notifications/cancelled",
      "elicitation/create",
    )
    .chain((method) =>
      fc
        .dictionary(
          fc.constantFrom(
            "cursor",
            "protocolVersion",
            "capabilities",
            "clientInfo",
            "level",
            "requestId",
            "uri",
            "name",
          ),
          hostileValue,
        )
        .map((params) => ({ method, params })),
    );
  const read = uri.map((each) => ({ method: "resources/read", params: { uri: each } }));
  const message = fc.oneof({ weight: 6, arbitrary: fc.oneof(...calls) }, named, read, prompt, completion);
  const id = fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: hostileValue });
  return fc.tuple(message, id).map(([each, number]) => ({ ...each, id: number }));
}

/** One message, or what is none. */
function wrap({ method, params, id }: Message, meta: object): object {
  return { jsonrpc: "2.0", id, method, params: { ...params, ...meta } };
}

function oldRequests(messages: fc.Arbitrary<Message>): fc.Arbitrary<HttpInput> {
  const version = fc.constantFrom(
    [],
    [],
    ["MCP-Protocol-Version: 2025-11-25"],
    ["MCP-Protocol-Version: 2025-03-26"],
    ["Mcp-Session-Id: a"],
  );
  const batch = fc.array(messages, { maxLength: 3 }).map((each) => each.map((message) => wrap(message, {})));
  const body = fc.oneof(
    { weight: 10, arbitrary: messages.map((message) => wrap(message, {})) },
    { weight: 1, arbitrary: batch },
    { weight: 1, arbitrary: hostileValue },
  );
  return fc.tuple(body, version).map(([message, lines]) => ({ bytes: post(message, lines), ends: false }));
}

const meta = {
  "io.modelcontextprotocol/protocolVersion": modernRevision,
  "io.modelcontextprotocol/clientInfo": { name: "fuzz", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

function modernRequests(messages: fc.Arbitrary<Message>): fc.Arbitrary<HttpInput> {
  const _meta = fc.oneof({ weight: 12, arbitrary: fc.constant<unknown>(meta) }, { weight: 1, arbitrary: hostileValue });
  return fc.tuple(messages, _meta).map(([message, said]) => {
    const name = message.params.name ?? message.params.uri;
    const lines = [
      `MCP-Protocol-Version: ${modernRevision}`,
      `Mcp-Method: ${message.method}`,
      // A name that no header can have is sent as it must be: encoded.
      ...(typeof name === "string"
        ? [`Mcp-Name: ${/^[\x21-\x7e]+$/.test(name) ? name : `=?base64?${Buffer.from(name).toString("base64")}?=`}`]
        : []),
    ];
    return { bytes: post(wrap(message, { _meta: said }), lines), ends: false };
  });
}

/** An error that the protocol keeps for what nobody foresaw. */
function findInternalError(body: string): string[] {
  return /"code": ?-32603/.test(body) ? [`it is an internal error: ${body.slice(0, 300)}`] : [];
}

async function openMcpDoor(describe: (messages: fc.Arbitrary<Message>) => fc.Arbitrary<HttpInput>): Promise<OpenDoor> {
  const { shared, ...opened } = await startMcp([]);
  const { port } = opened.server;
  const { tools } = (await ask(port, "tools/list")) as { tools: Tool[] };
  const { prompts } = (await ask(port, "prompts/list")) as { prompts: { name: string }[] };
  return {
    ...opened,
    ...shared,
    port: (server) => server.port,
    requests: describe(describeMessages(tools, prompts)),
    credentials,
    judgeBody: findInternalError,
    health: toBytes("GET", "/readyz", []),
  };
}

export const mcpOld = createDoor("mcp-2025", 1, () => openMcpDoor(oldRequests));
export const mcpModern = createDoor("mcp-2026", 1, () => openMcpDoor(modernRequests));
