import { describe, expect, test } from "@jest/globals";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createSurfaceCache } from "../../../mcp/http/surface-cache.ts";
import { createMcpHttp, keyHeader, type McpHttpOptions } from "../../../mcp/index.ts";
import { createReference } from "../../../reference/index.ts";
import { createOnSync, type OnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { isHostAllowed, isOriginAllowed } from "../../../src/http/access.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { answerOf, scripted } from "../session.ts";

const endpoint = "http://127.0.0.1:4020/mcp";
const token = "a-long-random-token";
const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

function post(headers: Record<string, string> = {}, body: unknown = list, url = endpoint) {
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function serve(options: Partial<McpHttpOptions> = {}) {
  return createMcpHttp({ onsync: scripted({}), ...options });
}

const bearer = { authorization: `Bearer ${token}` };

async function clientOf(url: string, options: ConstructorParameters<typeof StreamableHTTPClientTransport>[1] = {}) {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  return client;
}

test("answers without a session, whoever was asked before", async () => {
  const response = await serve().fetch(post());
  expect(response.status).toBe(200);
  expect(response.headers.get("mcp-session-id")).toBeNull();
  const { result } = (await response.json()) as { result: { tools: unknown[] } };
  expect(result.tools).toHaveLength(15);
});

test("GET and DELETE have nothing to do, other paths nothing to find", async () => {
  const http = serve();
  for (const method of ["GET", "DELETE"]) {
    const response = await http.fetch(new Request(endpoint, { method }));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  }
  expect((await http.fetch(new Request("http://127.0.0.1/other"))).status).toBe(404);
});

describe("Host", () => {
  test.each([
    ["localhost:4020", 200],
    ["127.0.0.1", 200],
    ["[::1]:80", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost@evil.example", 403],
    ["evil.example/127.0.0.1", 403],
  ])("%s → %d", async (host, status) => {
    expect((await serve().fetch(post({ host }))).status).toBe(status);
  });

  test("names the operator allows replace the default ones", async () => {
    const http = serve({ allowedHosts: ["mcp.example.com", "other.example:8443"] });
    const statusOf = async (host: string) => (await http.fetch(post({ host }))).status;
    expect(await statusOf("MCP.example.com:443")).toBe(200);
    expect(await statusOf("other.example:8443")).toBe(200);
    expect(await statusOf("other.example:80")).toBe(403);
    expect(await statusOf("127.0.0.1")).toBe(403);
  });

  test("the host listened on is taken, on all addresses any name is", () => {
    expect(isHostAllowed("10.0.0.5:4020", { listening: "10.0.0.5" })).toBe(true);
    expect(isHostAllowed("10.0.0.6:4020", { listening: "10.0.0.5" })).toBe(false);
    expect(isHostAllowed("mcp.example.com", { listening: "0.0.0.0" })).toBe(true);
    expect(isHostAllowed("not a host", { listening: "0.0.0.0" })).toBe(false);
  });
});

test("in process, the host given says which names are taken, and that a token is needed", async () => {
  const host = "mcp.internal.example";
  expect(() => serve({ host })).toThrow("ONSYNC_MCP_TOKEN");
  const http = serve({ host, token });
  expect((await http.fetch(post({ host: `${host}:4000`, ...bearer }))).status).toBe(200);
  expect((await http.fetch(post({ host: "evil.example", ...bearer }))).status).toBe(403);
});

describe("Origin", () => {
  test.each([
    ["http://localhost:6274", 200],
    ["https://evil.example", 403],
    ["http://localhost.evil.example", 403],
    ["null", 403],
  ])("%s → %d", async (origin, status) => {
    const response = await serve().fetch(post({ origin }));
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(status === 200 ? origin : null);
  });

  test("allowed ones replace loopback, and get their preflight answered before any token", async () => {
    expect(isOriginAllowed("http://localhost", { origins: ["https://app.example"] }, endpoint)).toBe(false);
    const http = serve({ allowedOrigins: ["https://app.example"], token });
    const preflight = await http.fetch(
      new Request(endpoint, { method: "OPTIONS", headers: { origin: "https://app.example" } }),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    const refused = await http.fetch(post({ origin: "https://app.example" }));
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, "https://app.example"]);
  });
});

describe("bearer token", () => {
  test.each([
    ["the token", `Bearer ${token}`, 200],
    ["in another case of the scheme", `bearer ${token}`, 200],
    ["none", undefined, 401],
    ["another", "Bearer other", 401],
    ["a longer one", `Bearer ${token}x`, 401],
    ["no scheme", token, 401],
    ["an empty one", "Bearer ", 401],
  ])("%s", async (_kind, authorization, status) => {
    const response = await serve({ token }).fetch(post(authorization === undefined ? {} : { authorization }));
    expect(response.status).toBe(status);
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    if (status === 401) expect(await response.text()).not.toContain(token);
  });

  test("is needed before anything but loopback is listened on", async () => {
    await expect(serve().listen(0, "0.0.0.0")).rejects.toThrow("ONSYNC_MCP_TOKEN");
    const server = await serve({ token }).listen(0, "0.0.0.0");
    await server.close();
  });
});

describe("bodies", () => {
  test("larger than the limit are refused, declared or not", async () => {
    const http = serve({ maxBodyBytes: 1000 });
    const large = JSON.stringify({ ...list, params: { padding: "x".repeat(1000) } });
    expect((await http.fetch(post({}, large))).status).toBe(413);
    const streamed = new Request(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: new Blob([large]).stream(),
      duplex: "half",
    } as RequestInit);
    expect((await http.fetch(streamed)).status).toBe(413);
  });

  test("that break off are refused, and are no error of the server's", async () => {
    const logged: string[] = [];
    const http = serve({ log: (level) => logged.push(level) });
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
    const { headers } = post();
    const request = new Request(endpoint, { method: "POST", headers, body: broken, duplex: "half" } as RequestInit);
    expect((await http.fetch(request)).status).toBe(400);
    expect(logged).toEqual([]);
  });

  test.each([
    ["broken JSON", {}, "{", 400],
    ["no JSON-RPC", {}, "{}", 400],
    ["another content type", { "content-type": "text/plain" }, list, 415],
    ["an unknown protocol revision", { "mcp-protocol-version": "1999-01-01" }, list, 400],
  ])("%s", async (_kind, headers, body, status) => {
    const response = await serve().fetch(post(headers as Record<string, string>, body));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
  });
});

describe("keys of several orgs", () => {
  const world = async () => {
    const reference = createReference();
    const other = await reference.control.createOrg({ name: "Other" });
    const { key } = await reference.control.createKey({ orgId: other.id });
    const onsyncForKey = (apiKey: string): OnSync =>
      createOnSync({
        apiKey,
        baseUrl: "http://127.0.0.1/v1",
        transport: fetchTransport((request) => reference.fetch(request)),
      });
    return { reference, keys: [reference.key, key] as const, onsyncForKey };
  };
  const account = async (http: ReturnType<typeof createMcpHttp>, key?: string) => {
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_account", arguments: {} } };
    const response = await http.fetch(post(key === undefined ? {} : { [keyHeader]: key }, call));
    return { status: response.status, text: await response.text() };
  };

  test("each request is answered for its own key", async () => {
    const { reference, keys, onsyncForKey } = await world();
    const http = createMcpHttp({ onsyncForKey });
    const answers = await Promise.all([0, 1, 0, 1].map((index) => account(http, keys[index])));
    expect(answers.map(({ text }) => /Org (\w+)/.exec(text)?.[1])).toEqual(["default", "Other", "default", "Other"]);
    for (const { text } of answers) for (const key of keys) expect(text).not.toContain(key);
    expect((await account(http, "onsync_pk_test_wrong")).text).toContain("invalid_api_key");
    await reference.close();
  });

  test("a request without one is refused, unless the server has its own", async () => {
    const { reference, onsyncForKey, keys } = await world();
    expect((await account(createMcpHttp({ onsyncForKey }))).status).toBe(401);
    const own = createMcpHttp({ onsyncForKey, onsync: onsyncForKey(keys[1]) });
    expect((await account(own)).text).toContain("Org Other");
    expect((await account(own, keys[0])).text).toContain("Org default");
    await reference.close();
  });

  test("a key is never ignored, and must look like one", async () => {
    expect((await account(serve(), "onsync_pk_live_x")).status).toBe(400);
    const http = createMcpHttp({ onsyncForKey: () => scripted({}) });
    for (const key of ["", "two keys", "x".repeat(513)]) expect((await account(http, key)).status).toBe(400);
    expect(() => createMcpHttp({})).toThrow("onsyncForKey");
  });

  test("the accounts used last are kept, a bounded number", () => {
    const made: string[] = [];
    const accounts = createSurfaceCache((key) => made.push(key) && { key }, 2);
    for (const key of ["a", "b", "a", "c", "a", "b"]) expect(accounts.forKey(key)).toEqual({ key });
    expect(made).toEqual(["a", "b", "c", "b"]);
    expect(accounts.size).toBe(2);
  });
});

describe("on a port", () => {
  test("two replicas behind a round robin serve one client", async () => {
    const asked = [0, 0];
    const replicas = await Promise.all(
      asked.map((_, index) =>
        serve({
          token,
          onsync: scripted({
            webhooks: {
              list: async () => {
                asked[index] = (asked[index] as number) + 1;
                return { data: [], requestId: "r", timestamp: "t" };
              },
            },
          }),
        }).listen(0),
      ),
    );
    let turn = 0;
    const roundRobin = (url: string | URL, init?: RequestInit) => {
      const { port } = replicas[turn++ % 2] as { port: number };
      return fetch(Object.assign(new URL(url), { port: String(port) }), init);
    };
    const client = await clientOf(replicas[0]?.url as string, {
      fetch: roundRobin,
      requestInit: { headers: bearer },
    });
    expect((await client.listTools()).tools).toHaveLength(15);
    for (let call = 0; call < 6; call++)
      expect(answerOf(await client.callTool({ name: "list_webhooks", arguments: {} })).text).toBe("No webhook there.");
    expect(asked).toEqual([3, 3]);
    await client.close();
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  test("health needs no token, and tells when the server closes; calls under way are answered first", async () => {
    const reached = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const http = serve({
      token,
      onsync: scripted({
        webhooks: {
          list: async () => {
            reached.resolve();
            await answered.promise;
            return { data: [], requestId: "r", timestamp: "t" };
          },
        },
      }),
    });
    const server = await http.listen(0);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/mcp`);
    const health = await fetch(new URL("/healthz", server.url));
    expect([health.status, await health.json()]).toEqual([200, { ok: true }]);

    const client = await clientOf(server.url, { requestInit: { headers: bearer } });
    const call = client.callTool({ name: "list_webhooks", arguments: {} });
    await reached.promise;
    const closed = server.close();
    expect((await http.fetch(new Request("http://127.0.0.1/healthz"))).status).toBe(503);
    expect((await http.fetch(post(bearer))).status).toBe(503);
    answered.resolve();
    expect(answerOf(await call).isError).toBe(false);
    await closed;
    await client.close();
    // Connections kept alive would hold the server up for longer.
  }, 2_500);

  test("closing ends calls that only wait, and says that nothing is skipped", async () => {
    const http = serve({ events: createEventLog() });
    const server = await http.listen(0);
    const client = await clientOf(server.url);
    const waiting = client.callTool({ name: "wait_for_events", arguments: { timeoutSeconds: 25 } });
    // Another answer on the same server means that the first call is under way.
    await client.listTools();
    const closed = server.close();
    const answer = answerOf(await waiting);
    expect(answer.error).toEqual({ retry: "safe", code: "closing" });
    await closed;
    await client.close();
  }, 2_500);

  test("a client that hangs up ends its call", async () => {
    const ended = Promise.withResolvers<unknown>();
    const reached = Promise.withResolvers<void>();
    const server = await serve({
      onsync: scripted({
        webhooks: {
          list: (options) =>
            new Promise((_resolve, reject) => {
              reached.resolve();
              options?.signal?.addEventListener("abort", () => {
                ended.resolve("ended");
                reject(options.signal?.reason);
              });
            }),
        },
      }),
    }).listen(0);
    const hangUp = new AbortController();
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "list_webhooks", arguments: {} } };
    const pending = fetch(new Request(post({}, call, server.url), { signal: hangUp.signal })).catch(() => "hung up");
    await reached.promise;
    hangUp.abort();
    expect(await pending).toBe("hung up");
    expect(await ended.promise).toBe("ended");
    await server.close();
  });
});
