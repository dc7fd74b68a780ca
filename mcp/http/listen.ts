/** A fetch handler on a port, closed gracefully: answers under way are finished, idle connections go at once. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { type ConnectionLimits, connectionLimits, mostConnections } from "../../src/http/connection-limits.ts";

export type Listening = { port: number; close(): Promise<void> };

export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
  host: string,
  /** Longest time a connection is waited for, in milliseconds. */
  drainMs: number,
  limits: ConnectionLimits = connectionLimits,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false, serverOptions: limits }) as Server;
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  let closing: Promise<void> | undefined;
  // A client keeps its connection open after an answer; once closing, that would hold the server up.
  server.on("request", (_request, response) => {
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      closing ??= new Promise<void>((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), drainMs);
        late.unref();
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      });
      return closing;
    },
  };
}
