/** Webhook deliveries over real sockets, and across restarts and a killed process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { call, start } from "../caller.ts";
import { hmac } from "./receiver.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "onsync-deliveries-"));
  cleanups.push(() => rmSync(path, { recursive: true }));
  return path;
}

function still(options = {}) {
  const reference = createReference({ clock: () => start, random: () => 0.5, ...options });
  cleanups.push(() => reference.close());
  return reference;
}

const contact = { phone: "+971500000000", firstName: "Zoë" };

function hook(url: string) {
  return { url, events: ["contact.created"], secret: "shh" };
}

describe("over a socket", () => {
  test("a POST with the event as its body, whose signature verifies", async () => {
    const got: { method: string | undefined; headers: IncomingMessage["headers"]; body: string }[] = [];
    const { url } = await serve(async (request, response) => {
      got.push({ method: request.method, headers: request.headers, body: await readBody(request) });
      response.writeHead(202).end("x".repeat(100_000));
    });
    const reference = still();
    await call(reference, "POST", "/v1/webhooks", hook(`${url}/a?b=c`));
    const { body } = await call(reference, "POST", "/v1/contacts", contact);
    await reference.settled();
    expect(got).toHaveLength(1);
    const [{ method, headers, body: raw }] = got as [(typeof got)[0]];
    expect(method).toBe("POST");
    expect(JSON.parse(raw).data).toMatchObject({ id: body.id, firstName: "Zoë" });
    expect(headers["x-onsync-signature"]).toBe(hmac(raw, "shh"));
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-onsync-attempt"]).toBe("1");
    expect((await reference.control.deliveries())[0]).toMatchObject({
      status: "delivered",
      attempts: [{ statusCode: 202 }],
    });
  });

  test("redirects are not followed", async () => {
    let followed = 0;
    const { url } = await serve((request, response) => {
      if (request.url === "/there") followed += 1;
      response.writeHead(307, { Location: "/there" }).end();
    });
    const reference = still();
    await call(reference, "POST", "/v1/webhooks", hook(url));
    await call(reference, "POST", "/v1/contacts", contact);
    await reference.settled();
    expect(followed).toBe(0);
    const [delivery] = await reference.control.deliveries();
    expect(delivery).toMatchObject({
      status: "pending",
      attempts: [{ statusCode: 307, error: expect.stringContaining("not followed") }],
    });
  });

  test("refused connections, resets and names that do not exist are attempts without a status", async () => {
    const { url, server } = await serve((request) => request.socket.destroy());
    const reference = still();
    await call(reference, "POST", "/v1/webhooks", hook(url));
    await call(reference, "POST", "/v1/contacts", contact);
    await reference.settled();
    server.close();
    server.closeAllConnections();
    await reference.control.clock({ advanceMs: 60_000 });
    const [delivery] = await reference.control.deliveries();
    expect(delivery?.attempts).toHaveLength(2);
    for (const attempt of delivery?.attempts ?? []) {
      expect(attempt).not.toHaveProperty("statusCode");
      expect(attempt.error).toMatch(/\S/);
    }
    expect(delivery?.attempts[1]?.error).toMatch(/ECONNREFUSED/);
  });
});

describe("across restarts", () => {
  test("what waits is delivered after a restart, at its time, with the same bytes", async () => {
    const data = join(folder(), "reference.db");
    const bodies: string[] = [];
    let status = 500;
    const deliver = async ({ body }: { body: string }) => {
      bodies.push(body);
      return { status };
    };
    const first = createReference({ data, clock: () => start, random: () => 0.5, deliver });
    const { body: webhook } = await call(first, "POST", "/v1/webhooks", hook("https://example.com"));
    await call(first, "POST", "/v1/contacts", contact);
    await first.settled();
    await first.close();

    status = 200;
    const second = still({ data, deliver });
    await second.settled();
    expect(bodies).toHaveLength(1);
    await second.control.clock({ advanceMs: 30_000 });
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
    expect((await second.control.deliveries())[0]).toMatchObject({ webhookId: webhook.id, status: "delivered" });
    expect((await second.control.deliveries())[0]?.attempts).toHaveLength(2);
  });

  test("an attempt that was under way is made again, as the same attempt", async () => {
    const data = join(folder(), "reference.db");
    const attempts: (string | undefined)[] = [];
    const first = createReference({
      data,
      clock: () => start,
      deliver: ({ headers }) => {
        attempts.push(headers["X-OnSync-Attempt"]);
        return new Promise(() => {});
      },
    });
    await call(first, "POST", "/v1/webhooks", hook("https://example.com"));
    await call(first, "POST", "/v1/contacts", contact);
    await first.close();
    const second = still({
      data,
      deliver: async ({ headers }: { headers: Record<string, string> }) => {
        attempts.push(headers["X-OnSync-Attempt"]);
        return { status: 200 };
      },
    });
    await second.settled();
    expect(attempts).toEqual(["1", "1"]);
    expect((await second.control.deliveries())[0]?.attempts).toHaveLength(1);
  });

  test("a process that is killed loses nothing it has answered", async () => {
    const data = join(folder(), "reference.db");
    const script = `
      const { createReference } = await import(${JSON.stringify(new URL("../../../reference/index.ts", import.meta.url).href)});
      const reference = createReference({ data: ${JSON.stringify(data)}, keys: ["key"], deliver: () => new Promise(() => {}) });
      const { url } = await reference.listen();
      console.log(url);
    `;
    const child: ChildProcess = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    cleanups.push(() => child.kill("SIGKILL"));
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const post = (path: string, body: unknown) =>
      fetch(`${line.toString().trim()}${path}`, {
        method: "POST",
        headers: { Authorization: "Bearer key", "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    await post("/webhooks", hook("https://example.com"));
    const made = (await (await post("/contacts", contact)).json()) as { id: string };
    child.kill("SIGKILL");
    await once(child, "exit");

    const got: string[] = [];
    const reference = still({
      data,
      keys: ["key"],
      clock: Date.now,
      deliver: async ({ body }: { body: string }) => {
        got.push(JSON.parse(body).data.id);
        return { status: 200 };
      },
    });
    await reference.settled();
    expect(got).toEqual([made.id]);
    expect((await call(reference, "GET", `/v1/contacts/${made.id}`)).status).toBe(200);
  });
});
