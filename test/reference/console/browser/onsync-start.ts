/** What `onsync start` starts, in front of a browser. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { pino } from "pino";
import { startEverything } from "../../../../cli/start/everything.ts";
import { type Browser, endpoint, launch, type Watched } from "./browser.ts";

let browser: Browser;
let started: Awaited<ReturnType<typeof startEverything>>;
/** A webhook endpoint. */
export let hook: Awaited<ReturnType<typeof endpoint>>;
export let watched: Watched;
export let origin: string;

/** To be called once in a file: each of its tests gets a start, an endpoint and a page of its own. */
export function startForEachTest(): void {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const io = { env: {}, stdin: (async function* () {})(), stdout: { write: () => {} }, stderr: { write: () => {} } };
    started = await startEverything({
      io,
      log: pino({ level: "silent" }),
      options: { port: 0, host: "127.0.0.1" },
      useReal: false,
      stopped: new AbortController().signal,
    });
    origin = started.site.origin;
    hook = await endpoint();
    watched = await browser.open();
  });
  afterEach(async () => {
    await watched.page.context().close();
    await hook.close();
    await started.close();
  });
}

/** Calls a tool of the MCP server. */
export async function callTool(name: string, args: object) {
  const response = await fetch(`${origin}/mcp`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
  });
  const { result } = (await response.json()) as { result: { isError?: true; structuredContent: { id: string } } };
  expect(result.isError).toBeUndefined();
  return result.structuredContent;
}
