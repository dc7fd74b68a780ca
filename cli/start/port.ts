/** One port whose address is known before what answers on it is there. */
import type { HttpBindings } from "@hono/node-server";
import { createApiServer } from "../../reference/http/server.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { createProbes, type Probes } from "../../src/http/probes.ts";
import { serve } from "../../src/http/serve.ts";
import type { Handler } from "./app.ts";
import { createErrorAnswer, createErrorResponse } from "./error-response.ts";

export type OpenPort = {
  /** Where a client on this machine reaches it: `http://127.0.0.1:4000`, also when it listens on every address. */
  origin: string;
  port: number;
  /** From now on requests are answered. */
  answerWith(handler: Handler<HttpBindings>): void;
  /** Takes nothing new, and resolves when what runs has been answered. */
  close(): Promise<void>;
};

/**
 * @param port 0 takes a free one
 * @param probes are answered before anything else, whoever asks
 */
export async function openPort(port: number, host: string, probes: Probes = createProbes()): Promise<OpenPort> {
  let handler: Handler<HttpBindings> = () =>
    createErrorResponse(503, "unavailable", "Starting: try again in a second.", { "Retry-After": "1" });
  const server = createApiServer({
    async fetch(request, env) {
      const probe = await probes.answer(request.method, new URL(request.url).pathname);
      if (probe === undefined) return handler(request, env);
      const { body, ...init } = probe;
      return new Response(body, init);
    },
    unreadable: createErrorAnswer,
  });
  const { port: bound, close } = await serve(server, { port, host });
  return {
    origin: formatOrigin(toReachableHost(host), bound),
    port: bound,
    answerWith: (answering) => {
      handler = answering;
    },
    close,
  };
}
