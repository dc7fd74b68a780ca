/**
 * Every HTTP server here: what its connections are allowed, how it takes a port, and how it drains when it closes.
 */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What every server allows a connection, as options of `node:http`, in milliseconds: one that sends its headers or its body
 * byte by byte, or never ends them, is closed. Answers may take as long as they like, so streams stay open.
 */
export const connectionLimits = {
  /** From the connection, or the request before, to the end of the headers. */
  headersTimeout: 10_000,
  /** The same to the end of the body. */
  requestTimeout: 20_000,
  /** How late either is noticed at most. */
  connectionsCheckingInterval: 1000,
};
export type ConnectionLimits = typeof connectionLimits;

/** Connections of one server at a time; those above are closed at once. */
export const maxConnections = 2000;

/**
 * How long answers under way may take when a server closes, in milliseconds: the longest there is, a send and the looking
 * whether it arrived, fits, and a command is given a little longer to end (`cli/lifecycle.ts`).
 */
export const defaultDrainMs = 45_000;

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** How long the rest of a request that is answered already is taken and dropped, in milliseconds. */
const maxLingerMs = 1000;

/** An answer before the request has come to its end says that its connection ends: the client's next request on it would be lost. */
class Answer<Request extends IncomingMessage> extends ServerResponse<Request> {
  override writeHead(status: number, reason?: unknown, headers?: unknown): this {
    if (!this.headersSent && !this.req.complete && hasBody(this.req)) {
      this.setHeader("connection", "close");
      lingerAfterAnswer(this.req);
    }
    return super.writeHead(status, reason as string, headers as OutgoingHttpHeaders);
  }
}

/**
 * After the last answer of a connection Node calls `destroySoon`. A client that is still sending would be reset by that, and
 * one that reads when it has sent everything would not get to read the answer.
 */
function lingerAfterAnswer(request: IncomingMessage): void {
  const { socket } = request;
  const destroySoon = socket.destroySoon.bind(socket);
  let cut: NodeJS.Timeout | undefined;
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) return destroySoon();
    if (cut) return;
    cut = setTimeout(() => socket.destroy(), maxLingerMs);
    socket.once("close", () => clearTimeout(cut));
    request.once("end", destroySoon).resume();
    socket.end();
  };
}

/** A server that does not listen yet, with the limits that every server here has. */
export function createHttpServer(
  listener: RequestListener,
  { limits = connectionLimits, ...options }: { limits?: ConnectionLimits | undefined } & ServerOptions = {},
): Server {
  const server = createServer({ ...options, ...limits, ServerResponse: Answer }, listener);
  server.maxConnections = maxConnections;
  return server;
}

export type ServeOptions = {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** How long answers under way may take when it closes, in milliseconds. Default {@link defaultDrainMs}. */
  drainMs?: number;
};

export type RunningServer = {
  /** The IP address that is listened on. */
  address: string;
  port: number;
  /** From now on each answer ends its connection, so that clients make the next one elsewhere. */
  turnAway(): void;
  /** Takes no more connections, ends idle ones at once and busy ones after their answer, or when the time is over. */
  close(): Promise<void>;
};

/** @throws the system's error where the port or the address cannot be had */
export async function serve(
  server: Server,
  { port, host, drainMs = defaultDrainMs }: ServeOptions,
): Promise<RunningServer> {
  server.listen(port, host);
  await once(server, "listening");
  // A connection that cannot be accepted is lost by itself; the server goes on.
  server.on("error", () => {});
  const bound = server.address() as AddressInfo;
  return { address: bound.address, port: bound.port, ...createDrain(server, drainMs) };
}

function createDrain(server: Server, drainMs: number): Pick<RunningServer, "turnAway" | "close"> {
  let turningAway = false;
  let closing: Promise<void> | undefined;
  const underWay = new Set<ServerResponse>();
  // A client keeps its connection after an answer. Once the server is closing, that would hold it up.
  server.prependListener("request", (_request, response) => {
    if (turningAway) response.setHeader("connection", "close");
    underWay.add(response);
    response.once("close", () => {
      underWay.delete(response);
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
  });
  const turnAway = (): void => {
    turningAway = true;
    for (const response of underWay) if (!response.headersSent) response.setHeader("connection", "close");
  };
  const drain = (): Promise<void> =>
    new Promise((resolve) => {
      turnAway();
      const cut = setTimeout(() => server.closeAllConnections(), drainMs);
      // It must not keep a process waiting that has nothing else to do.
      cut.unref();
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
  return {
    turnAway,
    close: () => {
      closing ??= drain();
      return closing;
    },
  };
}
