/** What somebody on another machine can do: asked from a network namespace, of servers as their users start them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { type Outsider, openOutsider, skipped } from "../../../testing/network/namespace.ts";
import { type Started, startOnsync } from "../../../testing/network/onsync-process.ts";

// Several servers are started, and a command is run for each question.
jest.setTimeout(60_000);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function outsider(): Promise<Outsider> {
  const opened = await openOutsider();
  cleanups.push(opened.close);
  return opened;
}

async function started(args: readonly string[], env: Record<string, string> = {}): Promise<Started> {
  const server = await startOnsync(args, env);
  cleanups.push(() => server.child.kill("SIGKILL"));
  return server;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "onsync-doors-"));
  cleanups.push(() => rmSync(path, { recursive: true }));
  return path;
}

function inJson(key: string, body: object): string[] {
  return [
    ...["-H", `Authorization: Bearer ${key}`],
    ...["-H", "Content-Type: application/json"],
    ...["-d", JSON.stringify(body)],
  ];
}

const demoKey = "onsync_pk_test_demo";
const mcpToken = "the-token-of-the-mcp-server";

if (skipped !== null) process.stderr.write(`test/http/doors/outsider.test.ts ${skipped}\n`);

(skipped === null ? describe : describe.skip)("an outsider", () => {
  test("with a key of two scopes cannot have the reference reset itself, by any address of it", async () => {
    const server = await started(["reference", "--control", "--host", "0.0.0.0", "--allow-private-webhooks"]);
    const { curl, host } = await outsider();
    const { ready, port } = server;
    const here = `http://127.0.0.1:${port}`;
    const control = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${here}/_control${path}`, {
        method,
        headers: { Authorization: `Bearer ${ready.controlToken}`, "Content-Type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await response.json()) as ReturnType<typeof JSON.parse>;
    };
    const { id: orgId } = await control("POST", "/orgs", { name: "Acme" });
    const { key } = await control("POST", "/keys", { orgId, scopes: ["write:webhooks", "write:contacts"] });
    const kept = await control("POST", "/inbound", { platform: "telegram", from: "7", content: "Here to stay" });
    expect(kept).toMatchObject({ id: expect.any(String) });

    const steers = ["reset", "webhooks/wh_1/pause", "clock", "faults", "keys"];
    const spellings = ["127.0.0.1", "localhost", "127.1", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]", host];
    for (const spelling of spellings) {
      for (const path of steers) {
        const url = `http://${spelling}:${port}/_control/${path}`;
        const registered = await curl(
          `http://${host}:${port}/v1/webhooks`,
          ...inJson(key, { url, events: ["contact.created"] }),
        );
        expect(registered.status).toBe(201);
      }
    }
    const made = await curl(`http://${host}:${port}/v1/contacts`, ...inJson(key, { email: "knock@example.com" }));
    expect(made.status).toBe(201);

    // Every retry falls due, too.
    await control("POST", "/clock", { freeze: true, advanceMs: 3_600_000 });
    const { data } = (await control("GET", "/deliveries?limit=1000")) as {
      data: { status: string; attempts: { error?: string; statusCode?: number }[] }[];
    };
    expect(data).toHaveLength(steers.length * spellings.length);
    for (const { status, attempts } of data) {
      expect({ status, attempts }).toEqual({
        status: "failed",
        attempts: Array(4).fill({ at: expect.any(String), error: expect.stringMatching(/^deliveries never go to/) }),
      });
    }
    // Nothing was reset, and nothing else was done.
    expect((await curl(`http://${host}:${port}/v1/me`, "-H", `Authorization: Bearer ${key}`)).status).toBe(200);
    expect(await control("GET", "/faults")).toMatchObject({ data: [] });
  });

  test("gets nothing of the control API and the console, not even with the token", async () => {
    const { ready, port } = await started(["reference", "--control", "--host", "0.0.0.0"]);
    const { curl, host } = await outsider();
    for (const path of ["/", "/_control/clock", "/_console/overview", "/_console/live", "/_console/files/app.js"]) {
      for (const name of [host, "127.0.0.1", "localhost"]) {
        const { status, text } = await curl(
          `http://${host}:${port}${path}`,
          ...["-H", `Host: ${name}:${port}`],
          ...["-H", `Authorization: Bearer ${ready.controlToken}`],
        );
        expect([path, name, status]).toEqual([path, name, 403]);
        expect(text).not.toContain(ready.controlToken);
      }
    }
  });

  test("finds no key, token or path of the machine on what onsync start shows, and reads and writes nothing", async () => {
    const data = join(folder(), "kept.db");
    // On this machine alone, the demo key has been let into the file.
    await (await started(["start", "--data", data])).stop();

    const server = await started(["start", "--host", "0.0.0.0", "--data", data], { ONSYNC_MCP_TOKEN: mcpToken });
    const { key, controlToken } = server.ready;
    expect(key).toMatch(/^onsync_pk_test_[0-9A-Za-z]{32}$/);
    const { curl, host } = await outsider();
    const origin = `http://${host}:${server.port}`;
    for (const path of [
      "/",
      "/v1",
      "/v1/openapi.json",
      "/v1/me",
      "/_console/connect",
      "/_console/overview",
      "/_control/clock",
      "/mcp",
      "/hooks",
    ]) {
      const { text } = await curl(origin + path, "-H", "Sec-Fetch-Mode: navigate", "-H", "Sec-Fetch-Dest: document");
      for (const secret of [key, controlToken, demoKey, data, tmpdir(), process.cwd(), process.execPath]) {
        expect([path, text.includes(secret)]).toEqual([path, false]);
      }
    }
    const contact = { email: "outsider@example.com" };
    for (const guess of [demoKey, mcpToken, controlToken]) {
      expect((await curl(`${origin}/v1/contacts`, "-H", `Authorization: Bearer ${guess}`)).status).toBe(401);
      expect((await curl(`${origin}/v1/contacts`, ...inJson(guess, contact))).status).toBe(401);
    }
    expect((await curl(`${origin}/v1/contacts`)).status).toBe(401);
    expect((await curl(`${origin}/mcp`, ...inJson(key, { jsonrpc: "2.0", id: 1, method: "tools/list" }))).status).toBe(
      401,
    );

    // Who was given the key may use it, and learns nothing of this network by webhooks.
    for (const url of [
      "http://127.0.0.1:1234/",
      `http://${host}:22222/`,
      "http://169.254.169.254/latest/",
      `${origin}/v1/contacts`,
    ]) {
      const hook = { url, events: ["contact.created"] };
      expect((await curl(`${origin}/v1/webhooks`, ...inJson(key, hook))).status).toBe(201);
    }
    expect((await curl(`${origin}/v1/contacts`, ...inJson(key, contact))).status).toBe(201);
    const headers = { Authorization: `Bearer ${controlToken}`, "Content-Type": "application/json" };
    // Answers when everything that is due has been tried.
    await fetch(`http://127.0.0.1:${server.port}/_control/clock`, { method: "POST", headers, body: '{"advanceMs":0}' });
    const listed = await fetch(`http://127.0.0.1:${server.port}/_control/deliveries`, { headers });
    const { data: deliveries } = (await listed.json()) as {
      data: { status: string; attempts: { error?: string }[] }[];
    };
    const errors = deliveries.flatMap(({ attempts }) => attempts.flatMap(({ error }) => error ?? []));
    expect(errors).toHaveLength(4);
    for (const error of errors) expect(error).toMatch(/^deliveries (never|do not) go to/);
    // Its own receiver was delivered to all the same.
    expect(deliveries.filter(({ status }) => status === "delivered")).toHaveLength(1);
    await server.stop();

    // The run is over, and its key with it; on this machine alone the demo key is good again.
    const again = await started(["start", "--data", data]);
    const statusOf = async (bearer: string) =>
      (await fetch(`${again.ready.url}v1/me`, { headers: { Authorization: `Bearer ${bearer}` } })).status;
    expect([await statusOf(key), await statusOf(demoKey)]).toEqual([401, 200]);
  });
});
