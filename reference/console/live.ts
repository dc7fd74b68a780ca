/** What changes, as it changes: server-sent events. Each names what to read again; nothing else goes over the wire. */
import type { Change, Changes } from "../changes.ts";

export type Live = {
  /** A stream that ends when the request is given up, or with {@link Live.close}. */
  stream(request: Request): Response;
  close(): void;
};

/** Proxies and browsers give up a stream that is silent for longer. */
const heartbeatMs = 20_000;

export function createLive(changes: Changes): Live {
  const open = new Set<() => void>();

  return {
    stream: (request) => {
      const encoder = new TextEncoder();
      let release = (): void => {};
      let end = (): void => {};
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          const write = (text: string): void => controller.enqueue(encoder.encode(text));
          const unsubscribe = changes.subscribe((found: readonly Change[]) =>
            write(`event: changes\ndata: ${JSON.stringify(found)}\n\n`),
          );
          const heartbeat = setInterval(() => write(":\n\n"), heartbeatMs).unref();
          release = () => {
            unsubscribe();
            clearInterval(heartbeat);
            open.delete(end);
          };
          end = () => {
            if (!open.has(end)) return;
            release();
            controller.close();
          };
          open.add(end);
          // The browser asks again this long after the stream broke off.
          write("retry: 1000\n\n");
        },
        cancel: () => release(),
      });
      request.signal.addEventListener("abort", () => end(), { once: true });
      // The connection ends with the stream: a server that drains is not held up by it.
      return new Response(body, {
        headers: {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store",
          "X-Content-Type-Options": "nosniff",
          Connection: "close",
        },
      });
    },
    close: () => {
      for (const end of [...open]) end();
    },
  };
}
