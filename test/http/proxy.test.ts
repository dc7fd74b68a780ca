/** Through real proxies, to real servers; the judges are the proxy's and the server's own lists of what came. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { wasNeverSent } from "../../src/client/errors/to-connection-error.ts";
import { createOnSync } from "../../src/client/index.ts";
import { type UndiciTransportOptions, undiciTransport } from "../../src/client/transport/undici.ts";
import { readProxies } from "../../src/http/proxy.ts";
import { certificate, certificateKey } from "../../testing/certificate.ts";
import { type ProxyBehaviour, startProxy } from "../../testing/proxy.ts";
import { rejection } from "../../testing/scripted.ts";

const trusted = tls.getCACertificates("default");
beforeAll(() => tls.setDefaultCACertificates([...trusted, certificate]));
afterAll(() => tls.setDefaultCACertificates(trusted));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const host = "api.onsync.test";
const key = "onsync_pk_test_PROXIED0KEY0123456789";

/** An API by http or https that counts what reaches it. */
async function api(secure: boolean) {
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

async function proxied(behaviour: ProxyBehaviour = {}) {
  const proxy = await startProxy(behaviour);
  closing.push(() => proxy.close());
  return proxy;
}

function open(options: UndiciTransportOptions) {
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

describe("https through a proxy", () => {
  test("goes through a tunnel that is kept, and the proxy learns the host alone", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: proxy.url });
    for (let count = 0; count < 5; count++) expect((await get(`https://${host}/v1/me`)).status).toBe(200);
    expect(reached).toEqual(Array.from({ length: 5 }, () => `GET /v1/me Bearer ${key}`));
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${host}:443`]));
    // The second request may start before undici has taken the first connection back.
    expect(proxy.seen.length).toBeLessThanOrEqual(2);
    expect(proxy.heard).not.toMatch(/authorization|\/v1/i);
  });

  test("shows the proxy its user and password, decoded", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port }, credentials: "user@corp:p:ss w%rd" });
    const url = new URL(proxy.url);
    url.username = encodeURIComponent("user@corp");
    url.password = encodeURIComponent("p:ss w%rd");
    for (const option of [url, url.href]) expect((await open({ proxy: option })(`https://${host}/`)).status).toBe(200);
    expect(reached).toHaveLength(2);
  });

  test("also where the proxy itself speaks TLS", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port }, secure: true });
    expect((await open({ proxy: proxy.url })(`https://${host}/v1/me`)).status).toBe(200);
    expect([reached.length, proxy.seen]).toEqual([1, [`CONNECT ${host}:443`]]);
  });

  test("thirty at once use no more tunnels than connections are allowed", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: proxy.url, connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => get(`https://${host}/`)));
    expect(reached).toHaveLength(30);
    expect(proxy.seen.length).toBeLessThanOrEqual(3);
  });
});

describe("the environment", () => {
  test("is not asked unless told to", async () => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    for (const options of [{ environment }, { proxy: false as const, environment }])
      await open(options)(`http://127.0.0.1:${port}/`);
    expect([reached.length, proxy.seen]).toEqual([2, []]);
  });

  test("has no say where a URL is given, which is taken always", async () => {
    const { port } = await api(false);
    const proxy = await proxied();
    const environment = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
    await open({ proxy: proxy.url, environment })(`http://127.0.0.1:${port}/`);
    expect(proxy.seen).toEqual([`GET http://127.0.0.1:${port}/`]);
  });

  test.each(["HTTP_PROXY", "http_proxy"])("%s is for http, loopback as well, and has the whole URL", async (name) => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const get = open({ proxy: "environment", environment: { [name]: proxy.url } });
    expect((await get(`http://127.0.0.1:${port}/v1/me?limit=1`)).status).toBe(200);
    expect(proxy.seen).toEqual([`GET http://127.0.0.1:${port}/v1/me?limit=1`]);
    expect(reached).toHaveLength(1);
  });

  test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])("%s is for https", async (name) => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: "environment", environment: { [name]: `127.0.0.1:${proxy.port}` } });
    expect((await get(`https://${host}/`)).status).toBe(200);
    expect([proxy.seen, reached.length]).toEqual([[`CONNECT ${host}:443`], 1]);
  });

  test("HTTPS_PROXY is for https alone, and lower case comes before upper", async () => {
    const { port } = await api(false);
    const proxy = await proxied();
    const direct = `http://127.0.0.1:${port}/`;
    await open({ proxy: "environment", environment: { HTTPS_PROXY: proxy.url } })(direct);
    await open({ proxy: "environment", environment: { http_proxy: "", HTTP_PROXY: proxy.url } })(direct);
    await open({ proxy: "environment", environment: { HTTP_PROXY: proxy.url, no_proxy: "*", NO_PROXY: "" } })(direct);
    expect(proxy.seen).toEqual([]);
    await open({ proxy: "environment", environment: { http_proxy: proxy.url, HTTP_PROXY: "http://127.0.0.1:1" } })(
      direct,
    );
    expect(proxy.seen).toHaveLength(1);
  });

  test.each([
    ["127.0.0.1", true],
    ["127.0.0.1:PORT", true],
    ["127.0.0.1:1", false],
    ["*", true],
    ["example.com, *", true],
    [".0.0.1", true],
    ["0.0.1", true],
    ["*.0.0.1", true],
    ["27.0.0.1", false],
    ["example.com localhost 127.0.0.1", true],
    ["localhost", false],
    // undici knows no address ranges.
    ["127.0.0.0/8", false],
    ["", false],
  ])("NO_PROXY=%j: without it %p", async (list, without) => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const NO_PROXY = list.replace("PORT", String(port));
    await open({ proxy: "environment", environment: { HTTP_PROXY: proxy.url, NO_PROXY } })(`http://127.0.0.1:${port}/`);
    expect([reached.length, proxy.seen.length]).toEqual([1, without ? 0 : 1]);
  });

  test.each(["not a url", "socks5://127.0.0.1:1080", "http://", "http://user:%zz-hidden@proxy:1", "ftp://x"])(
    "%j is refused at once, by name and without its value",
    (value) => {
      const thrown = (options: UndiciTransportOptions) => {
        try {
          undiciTransport(options);
        } catch (error) {
          return error as Error;
        }
        return undefined;
      };
      const wrong = "must be the URL of an http or https proxy";
      for (const [name, options] of [
        ["https_proxy", { proxy: "environment", environment: { https_proxy: value } }],
        ["HTTP_PROXY", { proxy: "environment", environment: { HTTP_PROXY: value } }],
        ["proxy", { proxy: value }],
      ] as const) {
        const error = thrown(options);
        expect(error).toMatchObject({ name: "ValidationError", message: expect.stringContaining(`${name} ${wrong}`) });
        expect(error?.message).not.toContain("hidden");
      }
    },
  );

  test("none at all is none", () => {
    expect(readProxies({ proxy: "environment", environment: { NO_PROXY: "x", HTTPS_PROXY: " " } }, Error)).toBeNull();
  });
});

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

test("closing waits for what is under way, and leaves no connection", async () => {
  const { port } = await api(true);
  const proxy = await proxied({ hosts: { [host]: port } });
  const transport = undiciTransport({ proxy: proxy.url });
  const answer = transport({
    method: "GET",
    url: `https://${host}/`,
    headers: {},
    signal: new AbortController().signal,
  });
  await new Promise((resolve) => setImmediate(resolve));
  await transport.close();
  expect((await answer).status).toBe(200);
});
