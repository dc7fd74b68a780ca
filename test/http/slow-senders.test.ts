/** Whoever sends a request byte by byte, or never ends it, is closed by every server; streams of answers stay open. */
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { describe, expect, test } from "@jest/globals";
import { openDeliveryPort } from "../../cli/listen/delivery-port.ts";
import { createApiServer } from "../../reference/http/server.ts";
import {
  type ConnectionLimits,
  connectionLimits,
  createHttpServer,
  maxConnections,
  serve,
} from "../../src/http/serve.ts";

const limits: ConnectionLimits = { headersTimeout: 60, requestTimeout: 120, connectionsCheckingInterval: 10 };
/** An answer that lasts longer than any request may. */
const streamMs = 400;

function stream() {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("first "));
        setTimeout(() => {
          controller.enqueue(new TextEncoder().encode("last"));
          controller.close();
        }, streamMs);
      },
    }),
  );
}

/** Reads a body to its end, unless the request is for a stream, or for an answer that waits for no body. */
async function answer(request: Request): Promise<Response> {
  if (request.url.endsWith("/stream")) return stream();
  if (request.url.endsWith("/hasty")) return new Response("no", { status: 401 });
  return new Response(await request.text().catch(() => "broken off"));
}

const servers: [string, () => Promise<{ port: number; close(): Promise<unknown> }>][] = [
  [
    "reference and start",
    async () => {
      const server = createApiServer(
        { fetch: answer, unreadable: ({ status, code }) => ({ status, headers: {}, text: code }) },
        limits,
      );
      expect(server.maxConnections).toBe(maxConnections);
      return serve(server, { port: 0, host: "127.0.0.1" });
    },
  ],
  [
    "mcp",
    () => {
      const server = createHttpServer(getRequestListener(answer, { overrideGlobalObjects: false }), { limits });
      expect(server.maxConnections).toBe(maxConnections);
      return serve(server, { port: 0, host: "127.0.0.1", drainMs: 1000 });
    },
  ],
  [
    "listen",
    async () => {
      const server = await openDeliveryPort(0, "127.0.0.1", { limits });
      server.answerWith(async (incoming, outgoing) => {
        const url = `http://127.0.0.1${incoming.url}`;
        try {
          if (!url.endsWith("/stream") && !url.endsWith("/hasty")) for await (const _ of incoming);
        } catch {
          return;
        }
        const response = await answer(new Request(url));
        outgoing.writeHead(response.status);
        for await (const part of response.body ?? []) outgoing.write(part);
        outgoing.end();
      });
      return server;
    },
  ],
];

/** Sends a beginning, then a byte at a time for as long as the server listens, and gives what came and how long it took. */
function drip(port: number, beginning: string, more: string | null) {
  return new Promise<{ text: string; ms: number }>((resolve) => {
    const started = performance.now();
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(beginning));
    const timer = setInterval(() => more !== null && socket.writable && socket.write(more), 15);
    socket.setEncoding("latin1").on("data", (part) => {
      text += part;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve({ text, ms: performance.now() - started });
    });
  });
}

function head(path: string, ...lines: string[]) {
  return [`POST ${path} HTTP/1.1`, "Host: 127.0.0.1", ...lines, "", ""].join("\r\n");
}

describe.each(servers)("%s", (_name, open) => {
  test.each<[string, string, string | null]>([
    ["nothing at all", "", null],
    ["half a request line", "POS", null],
    ["headers byte by byte", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", "a"],
    ["a body byte by byte", head("/", "Content-Length: 100000"), "a"],
    ["a body that never comes", head("/", "Content-Length: 10"), null],
    ["chunks without end", head("/", "Transfer-Encoding: chunked"), "1\r\na\r\n"],
    ["a body that nobody reads", head("/hasty", "Content-Length: 100000"), "a"],
    ["a second request that does not end", `${head("/", "Content-Length: 0")}POST / HTTP/1.1\r\nX: `, "a"],
  ])("closes who sends %s", async (_what, beginning, more) => {
    const server = await open();
    const { ms } = await drip(server.port, beginning, more);
    // Far below what Node takes by itself, and above what a slow machine needs for the rest.
    expect(ms).toBeLessThan(5000);
    await server.close();
  });

  test("an answer may last longer than a request", async () => {
    const server = await open();
    const response = await fetch(`http://127.0.0.1:${server.port}/stream`, { headers: { connection: "close" } });
    expect(await response.text()).toBe("first last");
    await server.close();
  });
});

test("every server in the source is made with these limits, which are as documented", () => {
  const root = join(import.meta.dirname, "../..");
  const sources = ["src", "mcp", "cli", "reference"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(room, name)),
  );
  const making = sources.filter((name) =>
    /\bcreateServer\b[^}]*\} from "node:https?"|\b(createAdaptorServer|serve)\b[^}]*\} from "@hono\/node-server"/.test(
      readFileSync(join(root, name), "utf8"),
    ),
  );
  expect(making).toEqual(["src/http/serve.ts"]);
  const source = readFileSync(join(root, "src/http/serve.ts"), "utf8");
  expect(source).toContain("= connectionLimits");
  expect(source).toContain("server.maxConnections = maxConnections");
  const seconds = (ms: number) => `${ms / 1000} seconds`;
  const document = readFileSync(join(root, "docs", "security.md"), "utf8");
  expect(document).toContain(
    `headers within ${seconds(connectionLimits.headersTimeout)} and its body within ${seconds(connectionLimits.requestTimeout)}`,
  );
  expect(document).toContain(`${maxConnections.toLocaleString("en")} connections`);
});
