/** Proxies of the environment, for every command that calls out. The proxy's own list says what went through it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { openSink } from "../../cli/listen/sink.ts";
import { createReference, type Listening, type Reference } from "../../reference/index.ts";
import { SinkUnavailableError } from "../../src/webhooks/sinks/sink.ts";
import { bareEnvironment } from "../../testing/bare-environment.ts";
import { certificate, certificateKey } from "../../testing/network/certificate.ts";
import { type ProxyBehaviour, startProxy } from "../../testing/network/proxy.ts";
import { rejection } from "../../testing/scripted.ts";
import { transcribe } from "../../testing/transcript.ts";
import { handOn, noSignal } from "../webhooks/sinks/event.ts";
import { onsync } from "./command.ts";

const script = join(import.meta.dirname, "../../cli/onsync.ts");

const folder = mkdtempSync(join(tmpdir(), "onsync-proxy-"));
afterAll(() => rmSync(folder, { recursive: true }));

let reference: Reference;
let server: Listening;
let env: Record<string, string>;
beforeAll(async () => {
  reference = createReference();
  server = await reference.listen();
  env = { ONSYNC_BASE_URL: server.url, ONSYNC_API_KEY: reference.key };
});
afterAll(() => reference.close());

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function proxied(behaviour: ProxyBehaviour = {}) {
  const proxy = await startProxy(behaviour);
  closing.push(() => proxy.close());
  return proxy;
}

describe("onsync call and doctor", () => {
  test("go through the proxy, loopback included, unless NO_PROXY names the host", async () => {
    const proxy = await proxied();
    const called = await onsync(["call", "list_webhooks"], { env: { ...env, HTTP_PROXY: proxy.url } });
    expect(called).toMatchObject({ code: 0, stderr: "" });
    expect(proxy.seen).toEqual([`GET ${server.url}/webhooks`]);
    expect((await onsync(["doctor"], { env: { ...env, http_proxy: proxy.url } })).code).toBe(0);
    const { length } = proxy.seen;
    expect(length).toBeGreaterThan(5);
    const without = { ...env, HTTP_PROXY: proxy.url, NO_PROXY: "example.com,127.0.0.1" };
    expect((await onsync(["call", "list_webhooks"], { env: without })).code).toBe(0);
    expect(proxy.seen).toHaveLength(length);
  });

  test("say which proxy refused, and keep its password", async () => {
    const proxy = await proxied({ tunnels: 407 });
    const HTTPS_PROXY = proxy.url.replace("//", "//someone:secret-of-the-proxy@");
    const secure = { ...env, ONSYNC_BASE_URL: "https://api.onsync.test/v1", HTTPS_PROXY };
    const message = '{"platform":"telegram","to":"sara","content":"Hi"}';
    const { code, stderr } = await onsync(["call", "send_message", message], { env: secure });
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({
      name: "ConnectionError",
      outcome: "not_sent",
      message: expect.stringContaining(`${proxy.url} (HTTPS_PROXY) answered 407`),
      advice: expect.stringContaining("NO_PROXY"),
    });
    const examined = await onsync(["doctor"], { env: secure });
    expect(examined).toMatchObject({ code: 1, stdout: expect.stringContaining(`${proxy.url} (HTTPS_PROXY)`) });
    expect(stderr + examined.stdout + examined.stderr).not.toContain("secret-of");
  }, 20_000);

  test("name a variable that is no proxy's URL", async () => {
    const wrong = { ...env, HTTPS_PROXY: "socks5://someone:secret-of-the-proxy@127.0.0.1" };
    const { code, stderr } = await onsync(["call", "list_webhooks"], { env: wrong });
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({
      name: "UsageError",
      message: expect.stringContaining("HTTPS_PROXY must be the URL of an http or https proxy"),
    });
    const doctor = await onsync(["doctor"], { env: wrong });
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining("✗ API         HTTPS_PROXY must be") });
    expect(stderr + doctor.stdout).not.toContain("secret-of");
  });
});

test("onsync call over https, as a company has it: a tunnel, a password, a certificate of its own", async () => {
  let key = "";
  const api = createSecureServer({ cert: certificate, key: certificateKey }, (request, response) => {
    key = String(request.headers.authorization);
    response.setHeader("content-type", "application/json");
    response.end('{"data":[],"requestId":"req_1","timestamp":"2024-12-01T10:00:00.000Z"}');
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  closing.push(() => {
    api.closeAllConnections();
    api.close();
  });
  const hosts = { "api.onsync.test": (api.address() as AddressInfo).port };
  const proxy = await proxied({ credentials: "someone:secret", hosts });
  const authority = join(folder, "authority.pem");
  writeFileSync(authority, certificate);
  const child = spawn(process.execPath, [script, "call", "list_webhooks"], {
    env: {
      ...bareEnvironment,
      ONSYNC_BASE_URL: "https://api.onsync.test/v1",
      ONSYNC_API_KEY: "onsync_pk_test_k",
      HTTPS_PROXY: proxy.url.replace("//", "//someone:secret@"),
      NODE_EXTRA_CA_CERTS: authority,
    },
  });
  transcribe(child);
  let stdout = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect([JSON.parse(stdout), key]).toEqual([{ data: [] }, "Bearer onsync_pk_test_k"]);
  expect(proxy.seen).toEqual(["CONNECT api.onsync.test:443"]);
  expect(proxy.heard).not.toContain("onsync_pk_test_k");
});

test("onsync mcp", async () => {
  const proxy = await proxied();
  const child = spawn(process.execPath, [script, "mcp", "--toolsets", "webhooks"], {
    env: { ...bareEnvironment, ...env, HTTP_PROXY: proxy.url },
  });
  transcribe(child);
  const closed = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const params = { name: "list_webhooks", arguments: {} };
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })}\n`);
  expect(JSON.parse(String((await lines.next()).value)).result.isError).not.toBe(true);
  child.stdin.end();
  await closed;
  expect(proxy.seen).toEqual([`GET ${server.url}/webhooks`]);
});

describe("onsync listen --forward", () => {
  const trusted = tls.getCACertificates("default");
  beforeAll(() => tls.setDefaultCACertificates([...trusted, certificate]));
  afterAll(() => tls.setDefaultCACertificates(trusted));

  const consumer = async (secure: boolean) => {
    let took = 0;
    const options = { cert: certificate, key: certificateKey };
    const web = (secure ? createSecureServer(options) : createServer()).on("request", (request, response) => {
      request.resume().once("end", () => {
        took += 1;
        response.end();
      });
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    closing.push(() => {
      web.closeAllConnections();
      web.close();
    });
    return { port: (web.address() as AddressInfo).port, took: () => took };
  };
  const open = async (forward: string, environment: Record<string, string>) => {
    const io = {
      env: environment,
      stdin: (async function* () {})(),
      stdout: { write: () => {} },
      stderr: { write: () => {} },
    };
    const sink = await openSink(
      io,
      { forward },
      () => "shared",
      () => {},
    );
    closing.push(() => sink.close());
    return sink;
  };

  test("goes through the proxy by http, and by https through a tunnel", async () => {
    const plain = await consumer(false);
    const secure = await consumer(true);
    const proxy = await proxied({ hosts: { "hooks.onsync.test": plain.port, "api.onsync.test": secure.port } });
    const environment = { HTTPS_PROXY: proxy.url, http_proxy: `127.0.0.1:${proxy.port}` };
    for (const url of ["http://hooks.onsync.test/in", "https://api.onsync.test/in"]) {
      const sink = await open(url, environment);
      for (const id of ["evt_1", "evt_2"]) await sink.handOn(handOn(id), noSignal);
    }
    expect([plain.took(), secure.took()]).toEqual([2, 2]);
    expect(proxy.seen.filter((line) => line === "POST http://hooks.onsync.test/in")).toHaveLength(2);
    expect(new Set(proxy.seen.slice(2))).toEqual(new Set(["CONNECT api.onsync.test:443"]));
  });

  test.each(["127.0.0.1", ".0.0.1", "0.0.1", "*", "example.com 127.0.0.1"])(
    "goes directly where NO_PROXY=%j",
    async (list) => {
      const plain = await consumer(false);
      const proxy = await proxied();
      const sink = await open(`http://127.0.0.1:${plain.port}/`, { HTTP_PROXY: proxy.url, NO_PROXY: list });
      await sink.handOn(handOn("evt_1"), noSignal);
      expect([plain.took(), proxy.seen]).toEqual([1, []]);
    },
  );

  test.each([
    ["https://api.onsync.test/in", { tunnels: 503 }],
    ["https://api.onsync.test/in", { credentials: "a:b" }],
    ["http://hooks.onsync.test/in", { credentials: "a:b" }],
  ])("%s by a proxy that says no (%j) is an outage, and no refusal of the event", async (url, behaviour) => {
    const proxy = await proxied(behaviour);
    const address = proxy.url.replace("//", "//someone:secret-of-the-proxy@");
    const sink = await open(url, { HTTP_PROXY: address });
    const error = await rejection(sink.handOn(handOn("evt_1"), noSignal));
    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect(JSON.stringify([(error as Error).message, String((error as Error).cause)])).not.toContain("secret-of");
  });
});

test("the sandbox's deliveries go to their endpoints directly", async () => {
  const proxy = await proxied();
  const arrived = Promise.withResolvers<void>();
  const hook = createServer((request, response) => {
    request.resume().once("end", () => response.end());
    arrived.resolve();
  }).listen(0, "127.0.0.1");
  await once(hook, "listening");
  const child = spawn(process.execPath, [script, "reference", "--port", "0", "--json"], {
    env: { ...bareEnvironment, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
  });
  transcribe(child);
  const closed = once(child, "close");
  const { url, key } = JSON.parse(String((await createInterface(child.stdout)[Symbol.asyncIterator]().next()).value));
  const sandbox = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: key };
  const webhook = { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`, events: ["contact.created"] };
  expect((await onsync(["call", "create_webhook", JSON.stringify(webhook)], { env: sandbox })).code).toBe(0);
  expect((await onsync(["call", "save_contact", '{"email":"sara@example.com"}'], { env: sandbox })).code).toBe(0);
  await arrived.promise;
  expect(proxy.seen).toEqual([]);
  child.kill();
  await closed;
  hook.closeAllConnections();
  hook.close();
});
