/** The port of a simulated Zapier: its RPC calls, its log, and the way to the OnSync of each world. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { handleRpc } from "./rpc.ts";
import type { Run } from "./run.ts";
import type { LogLine, World } from "./world.ts";

export type PlatformServer = {
  origin: string;
  worlds: Map<string, World>;
  /** By token, with the world of each. */
  runs: Map<string, { run: Run; world: World }>;
  close(): Promise<void>;
};

type Logged = Pick<LogLine, "message" | "data">;

/** A log whose process was killed may end in the middle of a line. */
function readLog(lines: string, run: string): LogLine[] {
  return lines.split("\n").flatMap((line) => {
    try {
      const { message, data } = JSON.parse(line) as Logged;
      return [{ run, message, data }];
    } catch {
      return [];
    }
  });
}

/** What was sent up to the end, or up to where the connection broke. */
async function readWhole(incoming: IncomingMessage): Promise<string> {
  let read = "";
  incoming.setEncoding("utf8");
  try {
    for await (const chunk of incoming) read += chunk;
  } catch {
    // Whoever sent it was killed.
  }
  return read;
}

export async function startPlatformServer(): Promise<PlatformServer> {
  const worlds: PlatformServer["worlds"] = new Map();
  const runs: PlatformServer["runs"] = new Map();
  const sockets = new Set<Socket>();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = incoming.url ?? "/";
    const token = String(incoming.headers["x-token"] ?? incoming.headers["x-simulated-run"] ?? "");
    const known = runs.get(token);
    if (url === "/log") {
      const lines = await readWhole(incoming);
      known?.world.logs.push(...readLog(lines, token));
      return void outgoing.writeHead(200, { "Content-Type": "application/json" }).end("{}");
    }
    const body = await text(incoming);
    if (url === "/rpc") {
      return known ? handleRpc(known.world, known.run, body, outgoing) : void outgoing.writeHead(403).end("{}");
    }
    const [, name, path] = /^\/worlds\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const world = worlds.get(name ?? "");
    if (!world || path === undefined) return void outgoing.writeHead(404).end();
    return world.tap.handle(known?.world === world ? known.run : null, path, body, { incoming, outgoing });
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    worlds,
    runs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
