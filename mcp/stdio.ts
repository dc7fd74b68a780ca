/** MCP over stdin and stdout: one session, for as long as stdin is open. Nothing but the protocol goes to stdout. */
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/sdk/types.js";
import { escapeForTerminal } from "../src/printable.ts";
import type { McpOptions } from "./options.ts";
import { createServer } from "./server.ts";
import { createSurface } from "./surface/index.ts";

/** How long calls under way are waited for, in milliseconds: a send and the resolving of its outcome fit. */
const drainMs = 45_000;

/** Counts the requests under way, so that closing can wait for their answers. */
function trackRequests(transport: Transport) {
  const pending = new Set<RequestId>();
  let idle = Promise.withResolvers<void>();
  const settle = (id: RequestId) => {
    if (pending.delete(id) && pending.size === 0) {
      idle.resolve();
      idle = Promise.withResolvers();
    }
  };
  /** Sits between the SDK's server and the transport, once connected. */
  const attach = () => {
    const { onmessage } = transport;
    const send = transport.send.bind(transport);
    transport.onmessage = (message: JSONRPCMessage, extra) => {
      if ("method" in message && "id" in message) pending.add(message.id);
      onmessage?.(message, extra);
      // A cancelled request gets no answer.
      if ("method" in message && message.method === "notifications/cancelled")
        settle((message.params as { requestId: RequestId }).requestId);
    };
    transport.send = async (message, options) => {
      await send(message, options);
      if (!("method" in message) && message.id !== undefined) settle(message.id);
    };
  };
  return { attach, waitForAnswers: () => (pending.size === 0 ? Promise.resolve() : idle.promise) };
}

/** As much of stdout as the SDK uses. Started by hand, its answers come to a terminal: they must not command it. */
function toPrintableStream(stdout: Writable): Writable {
  const used = { write: (message: string) => stdout.write(escapeForTerminal(message)), once: stdout.once.bind(stdout) };
  return used as unknown as Writable;
}

/**
 * Serves until stdin ends or `close()` is called; both let the calls under way answer first.
 *
 * @returns `closed`, which resolves when the last answer is written: the process has nothing left to do and may exit
 */
export async function serveStdio(
  options: McpOptions,
  { stdin = process.stdin, stdout = process.stdout }: { stdin?: Readable; stdout?: Writable } = {},
): Promise<{ closed: Promise<void>; close(): Promise<void> }> {
  const transport = new StdioServerTransport(stdin, toPrintableStream(stdout));
  const ending = new AbortController();
  const server = createServer(createSurface(options), { ending: ending.signal, session: true });
  const closed = Promise.withResolvers<void>();
  const requests = trackRequests(transport);

  const { onclose } = server;
  server.onclose = () => {
    onclose?.();
    closed.resolve();
  };
  server.onerror = (error) => options.log?.("warn", "protocol error", { error: error.name });
  await server.connect(transport);
  requests.attach();

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      stdin.pause();
      ending.abort();
      await Promise.race([requests.waitForAnswers(), closed.promise, sleep(drainMs, undefined, { ref: false })]);
      await server.close();
      await closed.promise;
    })();
    return closing;
  };
  stdin.once("end", close);
  stdin.once("close", close);
  // The host is gone: nobody reads the answers any more.
  stdout.once("error", () => server.close());
  return { closed: closed.promise, close };
}
