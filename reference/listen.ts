/** The reference on a port. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";

export type Listening = {
  /** What a client is given: `http://127.0.0.1:PORT/v1`. */
  url: string;
  origin: string;
  port: number;
  /** Takes no more connections, lets running requests end (for two seconds at most), then closes the rest. */
  close(): Promise<void>;
};

const drainMs = 2000;

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

export type Answering = {
  fetch(request: Request, env: HttpBindings): Promise<Response>;
  /** The answer to a request the server cannot even address: a broken Host header or target. */
  unusable(): Response;
};

/** @param port 0 takes a free one */
export const listen = async ({ fetch, unusable }: Answering, port: number, host: string): Promise<Listening> => {
  const listener = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    overrideGlobalObjects: false,
    errorHandler: unusable,
  });
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const origin = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  return { url: `${origin}/v1`, origin, port: address.port, close: () => closeServer(server) };
};
