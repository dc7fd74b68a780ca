/** What changes, as it changes: server-sent events. Each names what to read again; nothing else goes over the wire. */
import type { Change, Changes } from "../changes.ts";

export type LiveStreams = {
  /** A stream that ends when the request is given up, or with {@link LiveStreams.close}. */
  open(request: Request): Response;
  close(): void;
};

/** Proxies and browsers give up a stream that is silent for longer. */
const heartbeatMs = 20_000;

export function createLiveStreams(changes: Changes): LiveStreams {
  const streams = new Set<() => void>();

  return {
    open: (request) => {
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
            streams.delete(end);
          };
          end = () => {
            if (!streams.has(end)) return;
            release();
            controller.close();
          };
          streams.add(end);
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
      for (const end of [...streams]) end();
    },
  };
}
