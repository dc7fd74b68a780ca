/**
 * An HTTP proxy as companies have them, written for tests: CONNECT for https, the whole URL for http, Basic
 * authentication. What it saw is the judge of which requests went through it.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { certificate, certificateKey } from "./certificate.ts";

export type ProxyBehaviour = {
  /** What clients must show: `user:password`. */
  credentials?: string;
  /** The answer to every request for a tunnel, or `"silence"`, or `"cut"`: the connection is closed without one. */
  tunnels?: number | "silence" | "cut" | "garbage";
  /** Ends each tunnel when so many bytes of the client's have passed. */
  cutAfterBytes?: number;
  /** Where it finds a host: as a real proxy, it resolves names that the client cannot. */
  hosts?: Record<string, number>;
  /** Whether it speaks TLS itself. */
  secure?: boolean;
};

export type TestProxy = {
  url: string;
  port: number;
  /** `CONNECT api.onsync.test:443`, `GET http://127.0.0.1:4010/v1/me`: one for each request that it had. */
  seen: string[];
  /** Everything that clients said to it outside tunnels. */
  heard: string;
  close(): Promise<void>;
};

type Listening = { behaviour: ProxyBehaviour; keep<Kept extends Socket | Duplex>(socket: Kept): Kept };

function isAllowed({ headers }: IncomingMessage, { credentials }: ProxyBehaviour): boolean {
  return (
    credentials === undefined ||
    headers["proxy-authorization"] === `Basic ${Buffer.from(credentials).toString("base64")}`
  );
}

/** CONNECT: bytes go to and fro. */
function openTunnel(incoming: IncomingMessage, client: Duplex, { behaviour, keep }: Listening): unknown {
  const { tunnels = 200, cutAfterBytes, hosts = {} } = behaviour;
  if (!isAllowed(incoming, behaviour)) return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  if (tunnels === "silence") return;
  if (tunnels === "cut") return client.destroy();
  if (tunnels === "garbage") return client.end("SSH-2.0-OpenSSH_9.2\r\n");
  if (tunnels !== 200) return client.end(`HTTP/1.1 ${tunnels} No\r\nContent-Length: 2\r\n\r\nno`);
  const { hostname, port } = new URL(`http://${incoming.url}`);
  const target = keep(connect(hosts[hostname] ?? Number(port || 443), "127.0.0.1"));
  target.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  target.once("connect", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    let passed = 0;
    client.on("data", (bytes: Buffer) => {
      passed += bytes.length;
      if (cutAfterBytes !== undefined && passed > cutAfterBytes) client.destroy();
      else target.write(bytes);
    });
    target.pipe(client);
    client.on("close", () => target.destroy());
    target.on("close", () => client.destroy());
  });
}

/** A request with a whole URL is made in the client's place. */
function passOn(incoming: IncomingMessage, outgoing: ServerResponse, behaviour: ProxyBehaviour): unknown {
  const { hosts = {} } = behaviour;
  if (!isAllowed(incoming, behaviour)) return outgoing.writeHead(407).end();
  const { "proxy-authorization": _, "proxy-connection": __, ...headers } = incoming.headers;
  const { hostname, port, pathname, search } = new URL(incoming.url ?? "");
  const { method } = incoming;
  const options = { host: "127.0.0.1", port: hosts[hostname] ?? port, method, path: pathname + search, headers };
  const onward = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(onward);
}

export async function startProxy(behaviour: ProxyBehaviour = {}): Promise<TestProxy> {
  const { secure = false } = behaviour;
  const sockets = new Set<Socket | Duplex>();
  const keep = <Kept extends Socket | Duplex>(socket: Kept): Kept => {
    sockets.add(socket);
    socket.on("error", () => {});
    return socket;
  };
  const hear = (incoming: IncomingMessage): void => {
    proxy.seen.push(`${incoming.method} ${incoming.url}`);
    proxy.heard += `${incoming.method} ${incoming.url}\n${incoming.rawHeaders.join("\n")}\n`;
  };

  const server = secure ? createSecureServer({ cert: certificate, key: certificateKey }) : createServer();
  server.on("connection", keep);
  server.on("connect", (incoming: IncomingMessage, client: Duplex) => {
    hear(incoming);
    openTunnel(incoming, keep(client), { behaviour, keep });
  });
  server.on("request", (incoming, outgoing) => {
    hear(incoming);
    passOn(incoming, outgoing, behaviour);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy: TestProxy = {
    // By name where it speaks TLS: an address is no name that a client may ask a certificate for.
    url: secure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    seen: [],
    heard: "",
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}
