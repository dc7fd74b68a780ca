/** Proxies that refuse, and tunnels that break. */
import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { wasNeverSent } from "../../src/client/errors/to-connection-error.ts";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { certificate, certificateKey } from "../../testing/network/certificate.ts";
import type { ProxyBehaviour } from "../../testing/network/proxy.ts";
import { api, closeAfterEach, closing, host, key, open, proxied } from "../../testing/network/through-proxy.ts";
import { rejection } from "../../testing/scripted.ts";

closeAfterEach();

describe("a proxy that lets nothing through", () => {
  const closedPort = async (): Promise<number> => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
  };
  const message = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
  const credentials = "someone:secret-of-the-proxy";

  test.each<[string, ProxyBehaviour, RegExp]>([
    ["wants another password", { credentials: "a:b" }, /answered 407 .*user and password/],
    ["refuses", { tunnels: 403 }, /answered 403/],
    ["cannot reach OnSync", { tunnels: 502 }, /answered 502/],
    ["is over-loaded", { tunnels: 503 }, /answered 503/],
    ["answers with a redirect", { tunnels: 302 }, /answered 302/],
    ["closes the connection", { tunnels: "cut" }, /cannot be reached/],
    ["never answers", { tunnels: "silence" }, /cannot be reached/],
    ["is no proxy", { tunnels: "garbage" }, /cannot be reached/],
  ])("one that %s: nothing left, and the error names it", async (_what, behaviour, says) => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ ...behaviour, hosts: { [host]: port } });
    const url = proxy.url.replace("//", `//${credentials}@`);
    const environment = { HTTPS_PROXY: url };
    const transport = undiciTransport({ proxy: "environment", environment, connectTimeoutMs: 150 });
    closing.push(() => transport.close());
    const onsync = createOnSync({ apiKey: key, baseUrl: `https://${host}/v1`, transport, maxAttempts: 1 });
    const error = await rejection(onsync.messages.send(message));
    expect(error).toMatchObject({ name: "ConnectionError", sent: false, outcome: "not_sent" });
    const { message: text, advice } = error as Error & { advice: string };
    expect(text).toMatch(says);
    expect(text).toContain(`${proxy.url} (HTTPS_PROXY)`);
    expect(advice).toMatch(/HTTPS_PROXY.*NO_PROXY.*nothing reached OnSync/);
    expect(JSON.stringify([error, String((error as Error).stack), (error as Error).cause])).not.toContain("secret-of");
    expect(reached).toEqual([]);
    // One try, and one tunnel asked for.
    expect(proxy.seen).toEqual([`CONNECT ${host}:443`]);
  });

  test("a wrong password is tried once, everything else again", async () => {
    for (const [behaviour, tries] of [
      [{ credentials: "a:b" }, 1],
      [{ tunnels: 503 }, 3],
    ] as const) {
      const proxy = await proxied(behaviour);
      const transport = undiciTransport({ proxy: proxy.url });
      closing.push(() => transport.close());
      const onsync = createOnSync({
        apiKey: key,
        baseUrl: `https://${host}/v1`,
        transport,
        maxAttempts: 3,
        random: () => 0,
      });
      expect(await rejection(onsync.webhooks.list())).toMatchObject({ sent: false, retryable: tries > 1 });
      expect(proxy.seen).toHaveLength(tries);
    }
  });

  test.each(["http", "https"])("one that is not there, for %s", async (scheme) => {
    const port = await closedPort();
    const transport = undiciTransport({ proxy: `http://${credentials}@127.0.0.1:${port}` });
    closing.push(() => transport.close());
    const baseUrl = scheme === "http" ? "http://127.0.0.1:1/v1" : `https://${host}/v1`;
    const onsync = createOnSync({ apiKey: key, baseUrl, transport, maxAttempts: 1 });
    expect(await rejection(onsync.messages.send(message))).toMatchObject({
      sent: false,
      outcome: "not_sent",
      message: expect.stringContaining(`the proxy http://127.0.0.1:${port} cannot be reached: ECONNREFUSED`),
    });
  });

  test("one that wants a password for a request in plain is named, and the request may have left", async () => {
    const { port, reached } = await api(false);
    const proxy = await proxied({ credentials: "a:b" });
    const error = await rejection(open({ proxy: proxy.url })(`http://127.0.0.1:${port}/`));
    expect(error).toMatchObject({ name: "ProxyError", message: expect.stringContaining(`${proxy.url} answered 407`) });
    expect(wasNeverSent(error)).toBe(false);
    expect(reached).toEqual([]);
  });
});
describe("a tunnel that breaks", () => {
  test("before TLS stands: nothing left", async () => {
    const proxy = await proxied({ cutAfterBytes: 0, hosts: { [host]: (await api(true)).port } });
    const error = await rejection(open({ proxy: proxy.url })(`https://${host}/`));
    expect(wasNeverSent(error)).toBe(true);
  });

  test("with a certificate that is not trusted: nothing left", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { "elsewhere.test": port } });
    const error = await rejection(open({ proxy: proxy.url })("https://elsewhere.test/"));
    expect(error).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect([wasNeverSent(error), reached]).toEqual([true, []]);
  });

  test("after the request went in: it may have been served", async () => {
    const sockets: Socket[] = [];
    const server = createSecureServer({ cert: certificate, key: certificateKey }, (request) =>
      request.socket.destroy(),
    );
    server.on("connection", (socket: Socket) => sockets.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => server.close());
    const proxy = await proxied({ hosts: { [host]: (server.address() as AddressInfo).port } });
    const error = await rejection(open({ proxy: proxy.url })(`https://${host}/`));
    expect([wasNeverSent(error), sockets.length]).toEqual([false, 1]);
  });
});
