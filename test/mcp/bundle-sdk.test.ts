/** The SDK as the bundle has it, whose schemas are made one by one, beside the SDK as it comes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as comes from "@modelcontextprotocol/server";
import { build } from "esbuild";
import fc from "fast-check";
import { sdk } from "../../scripts/mcp/bundle-sdk.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";

type Sdk = Pick<typeof comes, "Server">;

// A bundle in a file of its own, so that it is loaded as users load it.
const folder = mkdtempSync(join(tmpdir(), "onsync-sdk-"));
let bundled: Sdk;
beforeAll(async () => {
  const outfile = join(folder, "sdk.mjs");
  await build({
    stdin: { contents: 'export { Server } from "@modelcontextprotocol/server";', resolveDir: import.meta.dirname },
    ...{ outfile, bundle: true, platform: "node", format: "esm", plugins: [sdk], logLevel: "error" },
  });
  bundled = await import(pathToFileURL(outfile).href);
});
afterAll(() => rmSync(folder, { recursive: true }));

const methods = [
  ...["tools/call", "tools/list", "prompts/get", "prompts/list", "resources/read", "resources/list"],
  ...["resources/templates/list", "resources/subscribe", "resources/unsubscribe", "completion/complete"],
] as const;

/** What a server that answers with what is given as `arguments.answer` takes of a message, and answers. */
async function ask({ Server }: Sdk, message: object): Promise<unknown[]> {
  const said: unknown[] = [];
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} };
  const jsonSchemaValidator = {
    getValidator: () => (data: unknown) => ({ valid: true as const, data: data as never, errorMessage: undefined }),
  };
  const server = new Server({ name: "test", version: "1" }, { capabilities, jsonSchemaValidator });
  for (const method of methods)
    server.setRequestHandler(method as "tools/call", (request) => {
      said.push(request);
      return (request.params as { arguments?: { answer?: never } } | undefined)?.arguments?.answer ?? { content: [] };
    });
  const transport: comes.Transport = {
    start: async () => {},
    close: async () => {},
    send: async (sent) => void said.push(sent),
  };
  server.onerror = (error) => void said.push(error.message);
  await server.connect(transport);
  transport.onmessage?.(message as comes.JSONRPCMessage);
  // All that follows a message is a chain of promises.
  await new Promise(setImmediate);
  said.push(server.getClientVersion(), server.getClientCapabilities());
  return said;
}

const icons = [{ src: "https://a.example/i.png", mimeType: "image/png", sizes: ["48x48"], theme: "dark" }];
const annotations = { audience: ["user"], priority: 0.5, lastModified: "2025-01-01T00:00:00Z" };
const _meta = { progressToken: 7, any: { thing: 1 }, "io.modelcontextprotocol/related-task": { taskId: "t" } };
const content = [
  { type: "text", text: "a", annotations, _meta },
  { type: "image", data: "YQ==", mimeType: "image/png" },
  { type: "audio", data: "YQ==", mimeType: "audio/wav" },
  {
    type: "resource_link",
    uri: "a://b",
    name: "b",
    title: "B",
    icons,
    size: 1,
    description: "d",
    mimeType: "text/plain",
  },
  { type: "resource", resource: { uri: "a://b", text: "c", mimeType: "text/plain" } },
  { type: "resource", resource: { uri: "a://b", blob: "YQ==" } },
];
/** Each with all that the revision lets a host say. */
const messages = [
  {
    method: "initialize",
    params: {
      protocolVersion: "2025-11-25",
      capabilities: {
        ...{ roots: { listChanged: true }, sampling: { context: {}, tools: {} }, experimental: { a: { b: 1 } } },
        ...{ elicitation: { form: { applyDefaults: true }, url: {} }, extensions: { "a/b": { c: 1 } } },
        tasks: { list: {}, cancel: {}, requests: { sampling: { createMessage: {} } } },
      },
      clientInfo: {
        name: "host",
        title: "Host",
        version: "1",
        websiteUrl: "https://a.example",
        description: "d",
        icons,
      },
    },
  },
  {
    method: "tools/call",
    params: {
      name: "a",
      arguments: { answer: { content, structuredContent: { a: 1 }, isError: false } },
      task: { ttl: 1 },
      _meta,
    },
  },
  {
    method: "tools/call",
    params: { name: "a", arguments: { answer: { content: content.slice(0, 1), isError: true, _meta } } },
  },
  { method: "prompts/get", params: { name: "a", arguments: { b: "c" }, _meta } },
  {
    method: "completion/complete",
    params: {
      ref: { type: "ref/prompt", name: "a", title: "A" },
      argument: { name: "b", value: "c" },
      context: { arguments: { d: "e" } },
    },
  },
  {
    method: "completion/complete",
    params: { ref: { type: "ref/resource", uri: "a://{b}" }, argument: { name: "b", value: "c" } },
  },
  ...["resources/read", "resources/subscribe", "resources/unsubscribe"].map((method) => ({
    method,
    params: { uri: "a://b", _meta },
  })),
  ...["tools/list", "prompts/list", "resources/list", "resources/templates/list"].map((method) => ({
    method,
    params: { cursor: "c", _meta },
  })),
  { method: "logging/setLevel", params: { level: "error" } },
  { method: "ping", params: { _meta } },
];

/** The message with one of its values, however deep, replaced by another or left out. */
const spoilt = fc
  .tuple(fc.constantFrom(...messages), fc.nat(), fc.constantFrom<unknown>(undefined, null, 0, "x", [], {}, true))
  .map(([message, seed, value]) => {
    const copy = structuredClone({ params: message.params });
    const places: [object, string][] = [];
    const look = (at: object) => {
      for (const [key, each] of Object.entries(at)) {
        places.push([at, key]);
        if (typeof each === "object" && each !== null) look(each);
      }
    };
    look(copy);
    const [at, key] = places[seed % places.length] as [Record<string, unknown>, string];
    at[key] = value;
    return JSON.parse(JSON.stringify({ jsonrpc: "2.0", id: 1, method: message.method, ...copy })) as object;
  });

describe("the SDK in the bundle", () => {
  test.each(messages.map((message) => [message.method, message] as const))(
    "takes and answers %s as the SDK does",
    async (_method, message) => {
      const request = { jsonrpc: "2.0", id: 1, ...message };
      const expected = await ask(comes, request);
      expect(JSON.stringify(expected)).toContain('"result"');
      expect(await ask(bundled, request)).toEqual(expected);
    },
  );

  test("refuses and lets pass what the SDK does, whatever is wrong", async () => {
    await fc.assert(
      fc.asyncProperty(spoilt, async (message) => {
        expect(await ask(bundled, message)).toEqual(await ask(comes, message));
      }),
      { numRuns: chooseRuns(500) },
    );
  });
});
