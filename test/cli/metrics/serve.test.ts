/** Who reads /metrics: Prometheus, and nobody else. (From elsewhere, with each kind of key: test/http/doors/.) */
import { describe, expect, test } from "@jest/globals";
import { openMetrics } from "../../../cli/metrics/index.ts";
import { serveMetrics } from "../../../cli/metrics/serve.ts";
import { createLog } from "../../../cli/output/log.ts";
import { findFreePort } from "../../../testing/network/free-port.ts";
import { onsync } from "../command.ts";

async function openDoor(token?: string) {
  const prometheus = { contentType: "text/plain; version=0.0.4", render: async () => "onsync_events_waiting 1\n" };
  const { url, close } = await serveMetrics(prometheus, { port: 0, host: "127.0.0.1", token });
  const ask = async (path = "/metrics", init: RequestInit = {}) => {
    const response = await fetch(new URL(path, url), init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { url, ask, [Symbol.asyncDispose]: close };
}

describe("/metrics", () => {
  test("is a page in Prometheus's format, for this machine without a token, and the port has nothing else", async () => {
    await using door = await openDoor();
    const page = await door.ask();
    expect([page.status, page.text]).toEqual([200, "onsync_events_waiting 1\n"]);
    expect(page.headers.get("content-type")).toContain("version=0.0.4");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect((await door.ask("/")).status).toBe(404);
    expect((await door.ask("/metrics", { method: "POST" })).status).toBe(405);
    expect((await door.ask("/metrics", { method: "HEAD" })).text).toBe("");
  });

  test("is given to no page", async () => {
    await using door = await openDoor();
    const answer = await door.ask("/metrics", { headers: { Origin: "http://localhost:5173" } });
    expect([answer.status, answer.text.includes("onsync_")]).toEqual([403, false]);
  });

  test("asks for the token where there is one", async () => {
    await using door = await openDoor("the-token-of-the-metrics");
    const { status, headers, text } = await door.ask();
    expect([status, headers.get("www-authenticate"), text.includes("onsync_events")]).toEqual([401, "Bearer", false]);
    const show = (token: string) => door.ask("/metrics", { headers: { Authorization: `Bearer ${token}` } });
    expect((await show("another-token-of-the-metrics")).status).toBe(401);
    expect((await show("the-token-of-the-metrics")).status).toBe(200);
  });

  test("on a port that is taken is refused with the option that chooses another", async () => {
    await using door = await openDoor();
    const metricsPort = Number(new URL(door.url).port);
    const opening = openMetrics({}, "listen", { metricsPort }, createLog({}, "silent"));
    await expect(opening).rejects.toThrow(/^Port \d+ is in use already: .* with --metrics-port/);
  });

  test("is opened for others with a token alone", async () => {
    const log = createLog({}, "silent");
    const open = (env: Record<string, string>) =>
      openMetrics(env, "listen", { metricsPort: 0, metricsHost: "0.0.0.0" }, log);
    await expect(open({})).rejects.toThrow("set ONSYNC_METRICS_TOKEN");
    await expect(open({ ONSYNC_METRICS_TOKEN: "short" })).rejects.toThrow("at least 16 characters");
    const opened = await open({ ONSYNC_METRICS_TOKEN: "the-token-of-the-metrics" });
    expect(opened?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    await opened?.close();
  });

  test("needs a port: an address alone is refused, and does not go unheard", async () => {
    const opening = openMetrics({}, "listen", { metricsHost: "127.0.0.1" }, createLog({}, "silent"));
    await expect(opening).rejects.toThrow("--metrics-host goes with --metrics-port");
  });

  test.each([
    ["an address that is none of OnSync's", ["--port", "0"], { ONSYNC_BASE_URL: "ftp://api.example.com" }],
    ["a port that is taken", ["--port", "TAKEN"], {}],
    ["a ledger that cannot be used", ["--port", "0", "--ledger", "/nonexistent/sends.db"], {}],
  ])("is closed where `onsync mcp` fails by %s, whose process would go on otherwise", async (_what, args, env) => {
    await using door = await openDoor();
    const metricsPort = await findFreePort();
    const line = ["mcp", "--http", ...args, "--metrics-port", String(metricsPort)];
    const { code } = await onsync(
      line.map((arg) => arg.replace("TAKEN", new URL(door.url).port)),
      { env: { ONSYNC_API_KEY: "onsync_pk_test_metrics", ...env } },
    );
    expect(code).toBeGreaterThan(0);
    await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow("fetch failed");
  });
});
