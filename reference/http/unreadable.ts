/**
 * Answers to what Node's HTTP server refuses before a request is one: broken HTTP, headers without end, a request that
 * takes too long, an expectation nobody can meet. Node answers with bare status lines; every answer of the API is JSON
 * with `requestId` and `timestamp`.
 */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { toIso } from "../clock.ts";
import type { WholeAnswer } from "./answers.ts";

/** What is said of a request that cannot be read. */
export type UnreadableRequest = { status: number; code: string; message: string };

/** Its address or its Host header names nothing. */
export const invalidAddress: UnreadableRequest = {
  status: 400,
  code: "validation_failed",
  message: "The request's address or its Host header is invalid.",
};

const malformed: UnreadableRequest = {
  status: 400,
  code: "validation_failed",
  message: "The request is not valid HTTP/1.1: its request line, a header or its body is malformed.",
};

const unreadableByErrorCode: Record<string, UnreadableRequest> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "headers_too_large",
    message: "The headers are larger than 16 KiB in all. Send fewer or shorter ones.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: "payload_too_large",
    message: "The chunk extensions of the body are larger than 16 KiB. Send the body without them.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "request_timeout",
    message: "The request did not arrive in time. Send it again, all of it at once.",
  },
};

const unmetExpectation: UnreadableRequest = {
  status: 417,
  code: "expectation_failed",
  message: "The only expectation that is met is `Expect: 100-continue`. Leave the header out.",
};

const tunnel: UnreadableRequest = {
  status: 405,
  code: "method_not_allowed",
  message: "CONNECT is not a method of this server: it is no proxy. Check the address and the method.",
};

/** The answer as every answer of the API is: JSON, with the envelope. `now` in milliseconds since 1970. */
export function toUnreadableAnswer(
  { status, ...error }: UnreadableRequest,
  requestId: string,
  now: number,
): WholeAnswer {
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Request-Id": requestId, "Cache-Control": "no-store" },
    text: JSON.stringify({ error, requestId, timestamp: toIso(now) }),
  };
}

/** An answer in HTTP/1.1's own bytes, after which the connection ends. */
function toHttpBytes({ status, headers, text }: WholeAnswer): string {
  const lines = Object.entries({ ...headers, "Content-Length": Buffer.byteLength(text), Connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("\r\n")}\r\n\r\n${text}`;
}

/** @param answerTo the answer with its envelope */
export function answerUnreadableRequests(
  server: Server,
  answerTo: (unreadable: UnreadableRequest) => WholeAnswer,
): void {
  const latest = new WeakMap<Duplex, { incoming: IncomingMessage; outgoing: ServerResponse }>();
  server.prependListener("request", (incoming, outgoing) => void latest.set(incoming.socket, { incoming, outgoing }));

  const end = (socket: Duplex, unreadable: UnreadableRequest): void => {
    if (socket.writable) socket.end(toHttpBytes(answerTo(unreadable)), () => socket.destroy());
    else socket.destroy();
  };

  const refuse = (socket: Duplex, unreadable: UnreadableRequest): void => {
    const { incoming, outgoing } = latest.get(socket) ?? {};
    if (!incoming || !outgoing || outgoing.writableFinished) end(socket, unreadable);
    // What is broken came behind a whole request: that one is answered first, or its caller would read this answer.
    else if (incoming.complete) outgoing.once("close", () => end(socket, unreadable));
    // In the middle of another answer these bytes would be read as a part of it.
    else if (outgoing.headersSent) socket.destroy();
    else end(socket, unreadable);
  };

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Whoever reset the connection reads no answer.
    if (error.code === "ECONNRESET") socket.destroy();
    else refuse(socket, unreadableByErrorCode[error.code ?? ""] ?? malformed);
  });
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => refuse(socket, tunnel));
  server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, text } = answerTo(unmetExpectation);
    response
      .writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text), Connection: "close" })
      .end(text);
  });
}
