import { afterEach } from "@jest/globals";
import { pino } from "pino";
import type { Environment } from "../../../cli/output/io.ts";
import { type StartOptions, startEverything } from "../../../cli/start/everything.ts";

/** Done after the test, last added first. */
export const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** `onsync start` in this process. */
export async function start(options: Partial<StartOptions> = {}, env: Environment = {}) {
  const stop = new AbortController();
  const io = {
    env,
    stdin: (async function* () {})(),
    stdout: { write: () => {} },
    stderr: { write: () => {} },
  };
  const useReal = env.ONSYNC_API_KEY !== undefined;
  const log = pino({ level: "silent" });
  const started = await startEverything({
    io,
    log,
    options: { port: 0, host: "127.0.0.1", ...options },
    useReal,
    stopped: stop.signal,
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    stop.abort();
    closing ??= started.close();
    return closing;
  };
  cleanUps.push(close);
  const { origin } = started.site;
  const { key, controlToken } = started.site.api.embedded ? started.site.api : { key: "", controlToken: "" };
  const bearer = (path: string) => ({
    authorization: `Bearer ${path.startsWith("/_control/") ? controlToken : key}`,
  });
  return {
    ...started,
    origin,
    close,
    get: (path: string) => fetch(`${origin}${path}`, { headers: bearer(path) }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${origin}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(path), ...headers },
        body: JSON.stringify(body),
      }),
  };
}

export type Started = Awaited<ReturnType<typeof start>>;

export async function callTool({ post }: Started, name: string, args: object) {
  const response = await post(
    "/mcp",
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } },
    { accept: "application/json, text/event-stream" },
  );
  const { result } = (await response.json()) as {
    result: { isError?: true; structuredContent: Record<string, unknown> };
  };
  return result;
}
