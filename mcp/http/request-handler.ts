/**
 * One MCP request over HTTP, answered by itself: a server and a transport of its own, gone with the answer. As JSON, or
 * as a stream of events where the client wants to hear of progress or of changes.
 */
import { randomUUID } from "node:crypto";
import {
  isLegacyRequest,
  readRequestBody,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { type Clock, startTimer } from "../../src/client/clock.ts";
import { connectionLimits } from "../../src/http/serve.ts";
import { type Cancellation, createCancellation } from "./cancellation.ts";
import { createErrorResponse } from "./error-response.ts";
import { isObject, wantsStream } from "./message.ts";
import { answerModern, type RequestSource } from "./modern.ts";
import { answerPlainRequest, isPlainRequest } from "./plain-request.ts";
import { notifyWhenRead } from "./when-read.ts";

const sessionHeader = "mcp-session-id";

/** @returns what is answered where the client hangs up or cancels, and what ends waiting for that */
function watchClient(request: Request, message: unknown, cancellation: Cancellation) {
  const ended = Promise.withResolvers<Response>();
  // Nobody reads what is answered then.
  const hangUp = () => ended.resolve(createErrorResponse(499, "The client hung up."));
  request.signal.addEventListener("abort", hangUp, { once: true });
  const cancel = () => ended.resolve(new Response(null, { status: 202 }));
  const stopCancelling = cancellation.watch(request.headers.get(sessionHeader), message, cancel);
  const stop = () => {
    request.signal.removeEventListener("abort", hangUp);
    stopCancelling();
  };
  return { ended: ended.promise, stop };
}

async function answerLegacy(
  request: Request,
  message: unknown,
  server: Server,
  cancellation: Cancellation,
): Promise<Response> {
  const { ended, stop } = watchClient(request, message, cancellation);
  const close = () => {
    stop();
    return server.close();
  };
  let response: Response;
  try {
    if (isPlainRequest(request, message)) {
      const answer = await Promise.race([answerPlainRequest(server, message, request), ended]);
      if (answer instanceof Response) {
        await close();
        return answer;
      }
      // The server has nothing left to end, and closing it would make an error with a stack.
      stop();
      return Response.json(answer);
    }
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !wantsStream(message) });
    await server.connect(transport);
    response = await Promise.race([transport.handleRequest(request, { parsedBody: message }), ended]);
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
  ended.then(close, close);
  return notifyWhenRead(response, close);
}

/**
 * @param maxBodyBytes bytes a request's body may have
 * @returns answers a request by a server that `createServer` makes for it
 */
export function createRequestHandler(maxBodyBytes: number, clock: Clock) {
  const cancellation = createCancellation();
  return async (request: Request, source: RequestSource): Promise<Response> => {
    if (request.method !== "POST") {
      // No session to resume or end, and no stream of the server's own.
      return createErrorResponse(405, "This server keeps no sessions and opens no streams: use POST.", {
        allow: "POST",
      });
    }
    const message = await readMessage(request, maxBodyBytes, clock);
    if (message instanceof Response) return message;
    const refusal = source.findRefusal(message);
    if (refusal) return refusal;
    if (!(await isLegacyRequest(request, message))) return answerModern(request, message, source);
    cancellation.cancel(request.headers.get(sessionHeader), message);
    return answerLegacy(request, message, source.createServer("legacy"), cancellation);
  };
}

/** @returns the request's message, or the answer that says why it cannot be read */
async function readMessage(request: Request, maxBodyBytes: number, clock: Clock): Promise<unknown> {
  // Servers here close such connections by themselves; one that hands its requests to `fetch` may not.
  const late = Promise.withResolvers<undefined>();
  const { requestTimeout } = connectionLimits;
  const stopTimer = startTimer(clock, requestTimeout, () => late.resolve(undefined), late.reject);
  try {
    const body = await Promise.race([readBody(request, maxBodyBytes), late.promise]);
    if (!body) return createErrorResponse(408, "The body did not come in time.", { connection: "close" });
    if (body.tooLarge) return createErrorResponse(413, `The body is larger than ${maxBodyBytes} bytes.`);
    return JSON.parse(body.text);
  } catch {
    // Not JSON, or it broke off.
    return createErrorResponse(400, "Parse error: the body is not JSON.", {}, -32700);
  } finally {
    stopTimer();
  }
}

type Body = { tooLarge: true } | { tooLarge: false; text: string };

/** A body that says how long it is, as most do, is read without a stream: who brings it has held it to its length. */
async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= maxBytes)) return readRequestBody(request, maxBytes);
  const text = await request.text();
  // Where a caller of `fetch` has not.
  return text.length > maxBytes ? { tooLarge: true } : { tooLarge: false, text };
}
