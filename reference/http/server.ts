/** The reference on a port. */
import type { Server } from "node:http";
import { getRequestListener, RequestError } from "@hono/node-server";
import { type AccessRule, findRefusedHeader } from "../../src/http/access.ts";
import { formatOrigin } from "../../src/http/loopback.ts";
import { type ConnectionLimits, createHttpServer, serve } from "../../src/http/serve.ts";
import type { WholeAnswer } from "./answers.ts";
import type { HttpBindings } from "./bindings.ts";
import { answerUnreadableRequests, invalidAddress, type UnreadableRequest } from "./unreadable.ts";

export type Listening = {
  /** What a client is given: `http://127.0.0.1:PORT/v1`. */
  url: string;
  origin: string;
  port: number;
  /** Takes no more connections, lets running requests end (for two seconds at most), then closes the rest. */
  close(): Promise<void>;
};

/** A request that a fault holds back for a minute must not hold up the test that closes the reference. */
const drainMs = 2000;

export type RequestHandler = {
  fetch(request: Request, env: HttpBindings): Response | Promise<Response>;
  /** The answer to what is no request: broken HTTP, a broken Host header or target. */
  unreadable(unreadable: UnreadableRequest): WholeAnswer;
};

const internalError: UnreadableRequest = {
  status: 500,
  code: "internal",
  message: "Something went wrong on our side.",
};

/** Whether the request's target and its Host header make no address. */
function isAddressError(error: unknown): boolean {
  return error instanceof RequestError || (error as { code?: unknown }).code === "ERR_INVALID_URL";
}

/** A server of the API, which does not listen yet. All it ever answers carries `requestId` and `timestamp`. */
export function createApiServer({ fetch, unreadable }: RequestHandler, limits?: ConnectionLimits): Server {
  const listener = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const { status, headers, text } = unreadable(isAddressError(error) ? invalidAddress : internalError);
      return new Response(text, { status, headers });
    },
  });
  // A missing Host header is answered by the listener: Node's own answer has no body.
  const server = createHttpServer((incoming, outgoing) => void listener(incoming, outgoing), {
    limits,
    requireHostHeader: false,
  });
  answerUnreadableRequests(server, unreadable);
  return server;
}

/** Answers whom the Host and Origin rule lets in; the others are told what was wrong. */
function guardAccess({ fetch, unreadable }: RequestHandler, rule: AccessRule): RequestHandler {
  return {
    unreadable,
    fetch: (request, env) => {
      const refused = findRefusedHeader(request, rule);
      if (refused === undefined) return fetch(request, env);
      const refusal = URL.canParse(request.url) ? describeRefusedHeader(refused) : invalidAddress;
      const { status, headers, text } = unreadable(refusal);
      return new Response(text, { status, headers });
    },
  };
}

/** What a request is answered whose Host or Origin is refused. */
export function describeRefusedHeader(header: "Host" | "Origin"): UnreadableRequest {
  return {
    status: 403,
    code: "forbidden",
    message:
      header === "Host"
        ? "The Host header names another machine. Use http://127.0.0.1, or the address that this server was given by --host."
        : "The request was made by a page of another origin, and only pages of this machine may call.",
  };
}

/**
 * @param port 0 takes a free one
 * @param names by which others may call it, beside its address
 */
export async function listen(
  answering: RequestHandler,
  port: number,
  host: string,
  names: readonly string[] = [],
): Promise<Listening> {
  const server = createApiServer(guardAccess(answering, { listening: host, names }));
  const { address, port: bound, close } = await serve(server, { port, host, drainMs });
  const origin = formatOrigin(address, bound);
  return { url: `${origin}/v1`, origin, port: bound, close };
}
