/**
 * The suite's fixtures behind the app that every MCP request of ours passes (Host, Origin, routes, closing), with
 * sessions behind it: sampling, elicitation and streams that are resumed need them. Prints its address.
 */
import { randomUUID } from "node:crypto";
import {
  type EventStore,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { createHttpApp } from "../../../mcp/http/app.ts";
import { createErrorResponse } from "../../../mcp/http/error-response.ts";
import { createFixtureServer } from "./server.ts";

/** Keeps what was sent, for those who come back with the id of what they saw last. */
function createEventStore(): EventStore {
  const kept: { id: string; stream: string; message: JSONRPCMessage }[] = [];
  return {
    async storeEvent(stream, message) {
      const id = `${stream}.${kept.length}`;
      kept.push({ id, stream, message });
      return id;
    },
    async replayEventsAfter(lastEventId, { send }) {
      const from = kept.findIndex(({ id }) => id === lastEventId);
      const stream = kept[from]?.stream ?? "";
      for (const { id, message } of kept.slice(from + 1).filter((event) => event.stream === stream)) {
        // The priming event carries no message.
        if (Object.keys(message).length > 0) await send(id, message);
      }
      return stream;
    },
  };
}

const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

async function newSession(): Promise<WebStandardStreamableHTTPServerTransport> {
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => {
      sessions.set(id, transport);
    },
    eventStore: createEventStore(),
    retryInterval: 50,
  });
  await createFixtureServer().connect(transport);
  return transport;
}

async function answer(request: Request): Promise<Response> {
  const id = request.headers.get("mcp-session-id");
  const session = id === null ? await newSession() : sessions.get(id);
  // The suite agrees on this revision and then sends an older one, in which streams cannot be resumed: what was agreed counts.
  if (id !== null) request.headers.set("mcp-protocol-version", "2025-11-25");
  return session?.handleRequest(request) ?? createErrorResponse(404, "There is no such session.");
}

const { url } = await createHttpApp({}, answer, new AbortController()).listen(0);
process.stdout.write(`${url}\n`);
