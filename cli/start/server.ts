/** One port whose address is known before what answers on it is there. */
import type { AddressInfo } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import { createApiServer } from "../../reference/http/listen.ts";
import { reachableHost } from "../settings/options.ts";
import type { Handler } from "./app.ts";
import { answerWithEnvelope, refuse } from "./refusal.ts";

export type OpenPort = {
  /** Where a client on this machine reaches it: `http://127.0.0.1:4000`, also when it listens on every address. */
  origin: string;
  port: number;
  /** From now on requests are answered. */
  answerWith(handler: Handler<HttpBindings>): void;
  /** Takes nothing new, and resolves when what runs has been answered. */
  close(): Promise<void>;
};

/** @param port 0 takes a free one */
export async function openPort(port: number, host: string): Promise<OpenPort> {
  let handler: Handler<HttpBindings> = () =>
    refuse(503, "unavailable", "Starting: try again in a second.", { "Retry-After": "1" });
  let closing = false;
  const server = createApiServer({
    fetch: async (request, env) => {
      const response = await handler(request, env);
      // A kept connection would hold the closing up until it times out.
      if (closing) response.headers.set("connection", "close");
      return response;
    },
    unreadable: answerWithEnvelope,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    origin: `http://${reachableHost(host)}:${taken}`,
    port: taken,
    answerWith: (answering) => {
      handler = answering;
    },
    close: () =>
      new Promise((resolve, reject) => {
        closing = true;
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}
