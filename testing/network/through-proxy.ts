/** Requests through real proxies to real servers: the judges are the proxy's and the server's own lists of what came. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type UndiciTransportOptions, undiciTransport } from "../../src/client/transport/undici.ts";
import { certificate, certificateKey } from "./certificate.ts";
import { type ProxyBehaviour, startProxy } from "./proxy.ts";

export const host = "api.onsync.test";
export const key = "onsync_pk_test_PROXIED0KEY0123456789";

/** What is closed after each test. */
export const closing: (() => unknown)[] = [];

/** Trusts the servers' certificate while a file's tests run, and closes after each test what it opened. */
export function closeAfterEach(): void {
  const trusted = tls.getCACertificates("default");
  beforeAll(() => tls.setDefaultCACertificates([...trusted, certificate]));
  afterAll(() => tls.setDefaultCACertificates(trusted));
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

/** An API by http or https that counts what reaches it. */
export async function api(secure: boolean) {
  const reached: string[] = [];
  const server = (secure ? createSecureServer({ cert: certificate, key: certificateKey }) : createServer()).on(
    "request",
    (request, response) => {
      reached.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(200, { "content-type": "application/json" }).end('{"data":[],"requestId":"req_1"}');
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, reached };
}

export async function proxied(behaviour: ProxyBehaviour = {}) {
  const proxy = await startProxy(behaviour);
  closing.push(() => proxy.close());
  return proxy;
}

export function open(options: UndiciTransportOptions) {
  const transport = undiciTransport(options);
  closing.push(() => transport.close());
  return (url: string) =>
    transport({
      method: "GET",
      url,
      headers: { authorization: `Bearer ${key}` },
      signal: new AbortController().signal,
    });
}
