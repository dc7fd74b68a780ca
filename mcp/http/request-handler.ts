/**
 * One MCP request over HTTP, answered by itself: a server and a transport of its own, gone with the answer. As JSON, or
 * as a stream of events where the client wants to hear of progress.
 */
import { randomUUID } from "node:crypto";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { readRequestBody } from "@modelcontextprotocol/sdk/server/requestBody.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Data } from "../answers/summaries.ts";
import { createErrorResponse } from "./app.ts";

const sessionHeader = "mcp-session-id";

function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null;
}

function getParams(message: unknown): Data {
  return isObject(message) && isObject(message.params) ? message.params : {};
}

function wantsProgress(message: unknown): boolean {
  const { _meta } = getParams(message);
  return isObject(_meta) && _meta.progressToken !== undefined;
}

/** The answer, and word when its stream has been read or given up. */
function notifyWhenRead(response: Response, done: () => void): Response {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done: ended, value } = await reader.read();
      if (value) controller.enqueue(value);
      if (!ended) return;
      controller.close();
      done();
    },
    cancel(reason) {
      done();
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

/**
 * Cancellation comes as a request of its own, which another server object answers. The session id given at
 * `initialize` says whose call is meant. It stands for nothing else: any replica takes any id, and none is needed.
 */
function createCancellation() {
  const underWay = new Map<string, () => void>();
  const key = (session: string, id: unknown) => JSON.stringify([session, id]);
  return {
    /** @returns ends the watch */
    watch(session: string | null, message: unknown, cancel: () => void): () => void {
      if (session === null || !isObject(message) || message.id === undefined) return () => {};
      const name = key(session, message.id);
      underWay.set(name, cancel);
      return () => {
        if (underWay.get(name) === cancel) underWay.delete(name);
      };
    },
    /** Ends the call that a cancellation means, where this replica runs it. */
    take(session: string | null, message: unknown): void {
      if (session !== null && isObject(message) && message.method === "notifications/cancelled")
        underWay.get(key(session, getParams(message).requestId))?.();
    },
  };
}

/**
 * @param maxBodyBytes bytes a request's body may have
 * @returns answers a request by a server that `makeServer` makes for it
 */
export function createRequestHandler(maxBodyBytes: number) {
  const cancellation = createCancellation();

  return async (request: Request, makeServer: () => Server): Promise<Response> => {
    if (request.method !== "POST") {
      // No session to resume or end, and no stream of the server's own.
      return createErrorResponse(405, "This server keeps no sessions and opens no streams: use POST.", {
        allow: "POST",
      });
    }
    let message: unknown;
    try {
      const body = await readRequestBody(request, maxBodyBytes);
      if (body.tooLarge) return createErrorResponse(413, `The body is larger than ${maxBodyBytes} bytes.`);
      message = JSON.parse(body.text);
    } catch {
      // Not JSON, or it broke off.
      return createErrorResponse(400, "Parse error: the body is not JSON.", {}, -32700);
    }
    const session = request.headers.get(sessionHeader);
    cancellation.take(session, message);

    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !wantsProgress(message) });
    const server = makeServer();
    const ended = Promise.withResolvers<Response>();
    // Hanging up cancels too. Nobody reads what is answered then.
    const hangUp = () => ended.resolve(createErrorResponse(499, "The client hung up."));
    request.signal.addEventListener("abort", hangUp, { once: true });
    const unwatch = cancellation.watch(session, message, () => ended.resolve(new Response(null, { status: 202 })));
    const close = () => {
      request.signal.removeEventListener("abort", hangUp);
      unwatch();
      return server.close();
    };

    await server.connect(transport);
    let response: Response;
    try {
      response = await Promise.race([transport.handleRequest(request, { parsedBody: message }), ended.promise]);
    } catch (error) {
      await close();
      throw error;
    }
    if (isObject(message) && message.method === "initialize" && response.ok)
      response.headers.set(sessionHeader, randomUUID());
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      await close();
      return response;
    }
    // Closing the server ends its calls and the stream.
    ended.promise.then(close, close);
    return notifyWhenRead(response, close);
  };
}
