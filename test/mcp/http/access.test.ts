/** Who may call: Host, Origin and token. */
import { describe, expect, test } from "@jest/globals";
import { keyHeader } from "../../../mcp/index.ts";
import { isHostAllowed, isOriginAllowed } from "../../../src/http/access.ts";
import { exchange } from "../../reference/http/raw-socket.ts";
import { bearer, endpoint, post, serve, token } from "./requests.ts";

describe("Host", () => {
  test.each([
    ["localhost:4020", 200],
    ["127.0.0.1", 200],
    ["[::1]:80", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost@evil.example", 403],
    ["evil.example/127.0.0.1", 403],
  ])("a request whose Host is %s is answered %d", async (host, status) => {
    expect((await serve().fetch(post({ host }))).status).toBe(status);
  });

  // Over a socket: a Request cannot have such an address.
  test("a Host header that makes no address is answered 403", async () => {
    const { port, close } = await serve().listen(0);
    const head = ["GET /mcp HTTP/1.1", "Host: 1.2.3.4.5", "Connection: close", "", ""].join("\r\n");
    const [answer] = await exchange(port, head);
    expect(answer?.status).toBe(403);
    await close();
  });

  test("the names that the operator allows replace the default ones", async () => {
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

test("in process, a host that is not loopback needs a token", () => {
  expect(() => serve({ host: "mcp.internal.example" })).toThrow("ONSYNC_MCP_TOKEN");
});

test("in process, the host given says which names are taken", async () => {
  const host = "mcp.internal.example";
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
  ])("with a token, a request whose Origin is %s is answered %d", async (origin, status) => {
    const response = await serve({ token }).fetch(post({ origin, ...bearer }));
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(status === 200 ? origin : null);
  });

  test.each([
    ["http://127.0.0.1:4020", 200],
    ["http://127.0.0.1:4021", 403],
    ["http://localhost:4020", 403],
    ["http://localhost:6274", 403],
    ["https://127.0.0.1:4020", 403],
    ["null", 403],
  ])(
    "without a token, a page of %s is answered %d: another port of this machine is another page",
    async (origin, status) => {
      const asked: string[] = [];
      const http = serve({ log: (_level, message) => asked.push(message) });
      const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_account", arguments: {} } };
      const responses = await Promise.all([
        http.fetch(post({ origin })),
        // A page may send this without asking first.
        http.fetch(post({ origin, "content-type": "text/plain" }, call)),
        http.fetch(new Request(endpoint, { method: "OPTIONS", headers: { origin } })),
      ]);
      expect(responses[0].status).toBe(status);
      expect(responses.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual(
        Array(3).fill(status === 200 ? origin : null),
      );
      expect(asked).not.toContain("tool call");
    },
  );

  test("the origins that the operator allows replace the default ones, and have their preflight answered before any token", async () => {
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

  test("a page of an allowed origin may send a key and read its session, and caches keep its answers apart", async () => {
    const origin = "http://localhost:6274";
    const http = serve({ token });
    const preflight = await http.fetch(new Request(endpoint, { method: "OPTIONS", headers: { origin } }));
    expect(preflight.headers.get("access-control-allow-methods")).toBe("POST");
    expect(preflight.headers.get("access-control-allow-headers")?.split(/, ?/)).toEqual(
      expect.arrayContaining([
        "authorization",
        "content-type",
        "mcp-protocol-version",
        "mcp-method",
        "mcp-name",
        "mcp-session-id",
        keyHeader,
      ]),
    );
    expect(preflight.headers.get("access-control-max-age")).toBe("600");
    const { headers } = await http.fetch(post({ origin, ...bearer }));
    expect(headers.get("access-control-expose-headers")).toBe("mcp-session-id,www-authenticate");
    expect(headers.get("vary")).toBe("Origin");
  });
});

describe("bearer token", () => {
  test.each([
    ["the token", 200, `Bearer ${token}`],
    ["the scheme in another case", 200, `bearer ${token}`],
    ["no token", 401, undefined],
    ["another token", 401, "Bearer other"],
    ["a longer token", 401, `Bearer ${token}x`],
    ["a token without a scheme", 401, token],
    ["an empty token", 401, "Bearer "],
  ])("a request with %s is answered %d", async (_kind, status, authorization) => {
    const response = await serve({ token }).fetch(post(authorization === undefined ? {} : { authorization }));
    expect(response.status).toBe(status);
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    if (status === 401) expect(await response.text()).not.toContain(token);
  });

  test("a token is needed before anything but loopback is listened on", async () => {
    await expect(serve().listen(0, "0.0.0.0")).rejects.toThrow("ONSYNC_MCP_TOKEN");
    const server = await serve({ token }).listen(0, "0.0.0.0");
    await server.close();
  });
});
