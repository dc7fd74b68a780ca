/** Single requests: what is answered without a session, and what is no request. */
import { describe, expect, test } from "@jest/globals";
import { tools } from "../../../mcp/tools/index.ts";
import { endpoint, list, post, serve } from "./requests.ts";

test("answers without a session, whoever was asked before", async () => {
  const response = await serve().fetch(post());
  expect(response.status).toBe(200);
  expect(response.headers.get("mcp-session-id")).toBeNull();
  const { result } = (await response.json()) as { result: { tools: unknown[] } };
  expect(result.tools).toHaveLength(tools.filter(({ waits }) => !waits).length);
});

test.each(["GET", "DELETE"])("%s has no session to resume or end: it is answered 405", async (method) => {
  const response = await serve().fetch(new Request(endpoint, { method }));
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
});

test("nothing is found at another path", async () => {
  expect((await serve().fetch(new Request("http://127.0.0.1/other"))).status).toBe(404);
});

describe("bodies", () => {
  test("are refused where they are larger than the limit, whether they say so or not, or say something else", async () => {
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
    expect((await http.fetch(post({ "content-length": "10" }, large))).status).toBe(413);
  });

  test("are taken up to 1 MiB unless told otherwise", async () => {
    const largest = JSON.stringify(list).padEnd(1024 * 1024);
    expect((await serve().fetch(post({}, largest))).status).toBe(200);
    expect((await serve().fetch(post({}, `${largest} `))).status).toBe(413);
  });

  test("are refused where they break off, which is no error of the server's", async () => {
    const logged: string[] = [];
    const http = serve({ log: (level) => logged.push(level) });
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
    const { headers } = post();
    const request = new Request(endpoint, { method: "POST", headers, body: broken, duplex: "half" } as RequestInit);
    expect((await http.fetch(request)).status).toBe(400);
    expect(logged).toEqual([]);
  });

  test("are answered 408 where they have not come within 20 seconds, also in a server that waits forever", async () => {
    const waited: number[] = [];
    const http = serve({
      sleep: async (ms) => {
        waited.push(ms);
      },
    });
    const never = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const { headers } = post();
    const request = new Request(endpoint, { method: "POST", headers, body: never, duplex: "half" } as RequestInit);
    const response = await http.fetch(request);
    expect([response.status, response.headers.get("connection")]).toEqual([408, "close"]);
    expect(waited).toEqual([20_000]);
  });

  test.each([
    ["broken JSON", 400, {}, "{"],
    ["no JSON-RPC", 400, {}, "{}"],
    ["another content type", 415, { "content-type": "text/plain" }, list],
    ["an unknown protocol revision", 400, { "mcp-protocol-version": "1999-01-01" }, list],
  ])("with %s are answered %d, as JSON-RPC", async (_kind, status, headers, body) => {
    const response = await serve().fetch(post(headers as Record<string, string>, body));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
  });
});
