/** `/metrics`, on a port of its own. */
import type { RequestListener } from "node:http";
import { findRefusedHeader } from "../../src/http/access.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { createHttpServer, serve } from "../../src/http/serve.ts";
import { hasBearerToken } from "../../src/http/token.ts";
import type { Prometheus } from "./prometheus.ts";

export type MetricsDoor = {
  port: number;
  host: string;
  /** What requests must show; `undefined`: nothing, where only this machine asks. */
  token: string | undefined;
};

/** @returns its address, and what closes it */
export async function serveMetrics(
  prometheus: Pick<Prometheus, "contentType" | "render">,
  { port, host, token }: MetricsDoor,
): Promise<{ url: string; close(): Promise<void> }> {
  const listener: RequestListener = async (incoming, outgoing) => {
    const refuse = (status: number, message: string, headers = {}) =>
      outgoing.writeHead(status, { "content-type": "text/plain", ...headers }).end(`${message}\n`);
    const get = (name: string): string | null => incoming.headers[name]?.toString() ?? null;
    // No page reads them, not even by a name of its own that leads here.
    if (findRefusedHeader({ url: "http://localhost/", headers: { get } }, { listening: host, origins: [] }))
      return refuse(403, "Pages, and requests for another host, get no metrics.");
    if (token !== undefined && !hasBearerToken(get("authorization"), token))
      return refuse(401, "Send the token of ONSYNC_METRICS_TOKEN: Authorization: Bearer TOKEN.", {
        "www-authenticate": "Bearer",
      });
    if (incoming.url?.split("?", 1)[0] !== "/metrics") return refuse(404, "There is nothing here but /metrics.");
    if (incoming.method !== "GET" && incoming.method !== "HEAD") return refuse(405, "Use GET.", { allow: "GET, HEAD" });
    const page = await prometheus.render().catch(() => undefined);
    if (page === undefined) return refuse(500, "The metrics cannot be written.");
    return outgoing.writeHead(200, { "content-type": prometheus.contentType, "cache-control": "no-store" }).end(page);
  };
  // Nobody waits for a scrape that is under way.
  const server = await serve(createHttpServer(listener), { port, host, drainMs: 1000 });
  return { url: `${formatOrigin(toReachableHost(host), server.port)}/metrics`, close: server.close };
}
