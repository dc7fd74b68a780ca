/** The approval page on a port of its own, beside a server that speaks over stdio. On this machine alone. */
import { getRequestListener } from "@hono/node-server";
import { formatOrigin } from "../../src/http/loopback.ts";
import { createHttpServer, serve } from "../../src/http/serve.ts";
import { type ApprovalsOptions, createApprovalsApp } from "./app.ts";

const host = "127.0.0.1";

/** @throws the system's error where the port cannot be had */
export async function serveApprovals(
  options: Omit<ApprovalsOptions, "getRule">,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const app = createApprovalsApp({ ...options, getRule: () => ({ listening: host }) });
  const listener = getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false });
  const server = await serve(createHttpServer(listener), { port, host });
  return { url: `${formatOrigin(host, server.port)}/approvals`, close: server.close };
}
