/**
 * MCP over stdin and stdout: one session, for as long as stdin is open. Nothing but the protocol goes to stdout. The host's
 * first message says which era of the protocol it speaks.
 */
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { StdioServerTransport, serveStdio as serveBothEras } from "@modelcontextprotocol/server/stdio";
import { escapeForTerminal } from "../src/printable.ts";
import type { McpOptions } from "./options.ts";
import { watchListening } from "./protocol/listen.ts";
import { trackRequests } from "./protocol/track-requests.ts";
import { createServer } from "./server.ts";
import { createSurface } from "./surface/index.ts";

/** How long calls under way are waited for, in milliseconds: a send and the resolving of its outcome fit. */
const drainMs = 45_000;

/** As much of stdin as the SDK uses, but for its end: the SDK would drop the calls under way. */
function withoutEnd(stdin: Readable): Readable {
  const used = {
    on: (event: string, listener: () => void) => event === "end" || event === "close" || stdin.on(event, listener),
    off: stdin.off.bind(stdin),
    listenerCount: stdin.listenerCount.bind(stdin),
    pause: stdin.pause.bind(stdin),
  };
  return used as unknown as Readable;
}

/** As much of stdout as the SDK uses. Started by hand, its answers come to a terminal: they must not command it. */
function toPrintableStream(stdout: Writable): Writable {
  const used = {
    write: (message: string) => stdout.write(escapeForTerminal(message)),
    on: stdout.on.bind(stdout),
    once: stdout.once.bind(stdout),
    off: stdout.off.bind(stdout),
    listeners: stdout.listeners.bind(stdout),
  };
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
  const transport = new StdioServerTransport(withoutEnd(stdin), toPrintableStream(stdout));
  const ending = new AbortController();
  const surface = createSurface(options);
  const closed = Promise.withResolvers<void>();
  const listening = surface.changes && watchListening(surface.changes);

  const session = serveBothEras(
    ({ era }) => {
      const server = createServer(surface, { ending: ending.signal, era, subscriptions: true });
      if (era === "modern") listening?.tellThrough((uri) => server.sendResourceUpdated({ uri }));
      return server;
    },
    { transport, onerror: (error) => options.log?.("warn", "protocol error", { error: error.name }) },
  );
  const requests = trackRequests(transport);
  listening?.attach(transport);
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    listening?.close();
    closed.resolve();
  };

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      stdin.pause();
      ending.abort();
      await Promise.race([requests.waitForAnswers(), closed.promise, sleep(drainMs, undefined, { ref: false })]);
      await session.close();
      await closed.promise;
    })();
    return closing;
  };
  stdin.once("end", close);
  stdin.once("close", close);
  // The host is gone: nobody reads the answers any more.
  stdout.once("error", () => session.close());
  return { closed: closed.promise, close };
}
