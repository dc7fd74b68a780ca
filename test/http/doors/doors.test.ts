/** Knocks at every cell of the table of doors in docs/security.md: from everywhere, with everything. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { type Started, startOnsync } from "../../../testing/network/onsync-process.ts";
import { type Credential, type Door, doors, isTriedAt, type Route, renderDoors, serverNames } from "./doors.ts";

/** Of this machine, and not its loopback: who asks by it comes from another address. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
if (elsewhere === undefined) {
  if (process.env.ONSYNC_REQUIRE_NETNS === "1") throw new Error("This machine has no address but the loopback's.");
  process.stderr.write(
    "test/http/doors/doors.test.ts skipped, in part: this machine has no address but the loopback's\n",
  );
}

// Hundreds of questions a test, on machines that do other things as well.
jest.setTimeout(60_000);

const operatorToken = "the-token-of-the-operator";
const mcpToken = "the-token-of-the-mcp-server";
const metricsToken = "the-token-of-the-metrics";
const controlToken = "the-token-of-the-control-api";
const secret = "the-secret-of-the-endpoint";
const folder = mkdtempSync(join(tmpdir(), "onsync-doors-"));

/** One of each, on the loopback and on all addresses; `onsync start` a second time, for its receiver's secret is its own. */
const servers = new Map<string, Started>();
beforeAll(async () => {
  const base = { ONSYNC_MCP_TOKEN: mcpToken, ONSYNC_CONTROL_TOKEN: controlToken };
  const real = { ...base, ONSYNC_API_KEY: "onsync_pk_test_ci", ONSYNC_WEBHOOK_SECRETS: secret };
  const api = await startOnsync(["reference", "--key", "onsync_pk_test_ci"]);
  servers.set("api", api);
  const withKey = { ...real, ONSYNC_BASE_URL: api.ready.url };
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    const at = ["--host", host];
    const [reference, start, receiving, mcp, listen] = await Promise.all([
      startOnsync(["reference", "--control", "--rate-limit", "1000000", ...at], base),
      startOnsync(["start", ...at], base),
      startOnsync(["start", ...at], withKey),
      startOnsync(["mcp", "--http", "--send", "person", "--ledger", join(folder, `${host}-sends.db`), ...at], {
        ...withKey,
        ONSYNC_APPROVAL_TOKEN: operatorToken,
      }),
      startOnsync(
        ["listen", "--data", join(folder, `${host}.db`), "--metrics-port", "0", "--metrics-host", host, ...at],
        { ONSYNC_WEBHOOK_SECRETS: secret, ONSYNC_METRICS_TOKEN: metricsToken },
      ),
    ]);
    servers.set(`onsync reference ${host}`, reference);
    servers.set(`onsync start ${host}`, start);
    servers.set(`receiving ${host}`, receiving);
    servers.set(`onsync mcp --http ${host}`, mcp);
    servers.set(`onsync listen ${host}`, listen);
    servers.set(`--metrics-port ${host}`, { ...listen, port: Number(new URL(String(listen.ready.metricsUrl)).port) });
  }
}, 60_000);
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

function serverOf({ server, group }: Door, host: string): Started {
  return servers.get(group === "`/hooks`" ? `receiving ${host}` : `${server} ${host}`) as Started;
}

type Knocker = {
  place: string;
  /** Which of the two servers, and how it is named. */
  listens: "127.0.0.1" | "0.0.0.0";
  connectsTo: string;
  headers: (port: number) => Record<string, string>;
  mayPass: (door: Door) => boolean;
};
const allKnockers: Knocker[] = [
  {
    place: "a program on this machine",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: () => ({}),
    mayPass: () => true,
  },
  {
    place: "a program on this machine, of a server that others reach",
    listens: "0.0.0.0",
    connectsTo: "127.0.0.1",
    headers: () => ({}),
    mayPass: () => true,
  },
  {
    place: "its own page",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: (port) => ({ Origin: `http://127.0.0.1:${port}`, "Sec-Fetch-Site": "same-origin" }),
    mayPass: ({ pages }) => pages !== "none",
  },
  {
    place: "a page of another port of this machine",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: () => ({ Origin: "http://localhost:5173", "Sec-Fetch-Site": "same-site" }),
    mayPass: ({ pages }) => pages === "any" || pages === "of this machine",
  },
  {
    place: "a foreign page",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: () => ({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }),
    mayPass: ({ pages }) => pages === "any",
  },
  {
    place: "a rebound page, which names no origin",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: (port) => ({ Host: `evil.example:${port}`, "Sec-Fetch-Site": "same-origin" }),
    // A signature is what no page has; the receiver is called by whatever name its proxy has.
    mayPass: ({ pages, server }) => pages === "any" || server === "onsync listen",
  },
  {
    place: "another address",
    listens: "0.0.0.0",
    connectsTo: elsewhere ?? "",
    headers: () => ({}),
    mayPass: ({ from }) => from === "anywhere",
  },
  {
    place: "another address, with a Host header of this machine",
    listens: "0.0.0.0",
    connectsTo: elsewhere ?? "",
    headers: (port) => ({ Host: `127.0.0.1:${port}`, "X-Forwarded-For": "127.0.0.1" }),
    mayPass: ({ from }) => from === "anywhere",
  },
  {
    place: "a foreign page on another machine",
    listens: "0.0.0.0",
    connectsTo: elsewhere ?? "",
    headers: () => ({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }),
    mayPass: ({ from, pages }) => from === "anywhere" && pages === "any",
  },
  {
    place: "a proxy on this machine",
    listens: "0.0.0.0",
    connectsTo: "127.0.0.1",
    headers: () => ({ "X-Forwarded-For": "203.0.113.9" }),
    mayPass: ({ from }) => from === "anywhere",
  },
  {
    place: "a webhook delivery",
    listens: "127.0.0.1",
    connectsTo: "127.0.0.1",
    headers: () => ({ "User-Agent": "OnSync-Webhooks/1.0", "X-OnSync-Event": "contact.created" }),
    mayPass: ({ from }) => from === "anywhere",
  },
];
const knockers = allKnockers.filter(({ connectsTo }) => connectsTo !== "");

function bodyOf(path: string): string {
  if (path === "/mcp") return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  if (path !== "/hooks" && path !== "/") return "{}";
  return JSON.stringify({ id: `evt_${randomUUID()}`, type: "contact.created", createdAt: new Date(0), data: {} });
}

const credentials: Record<string, (server: Started, body: string) => Record<string, string>> = {
  nothing: () => ({}),
  "an API key": ({ ready }) => ({ Authorization: `Bearer ${ready.key ?? "onsync_pk_test_ci"}` }),
  "a key that nobody has": () => ({ Authorization: "Bearer onsync_pk_test_nobody" }),
  "the control token": () => ({ Authorization: `Bearer ${controlToken}` }),
  "the MCP token": () => ({ Authorization: `Bearer ${mcpToken}` }),
  "the operator token": () => ({ Authorization: `Bearer ${operatorToken}` }),
  "the metrics token": () => ({ Authorization: `Bearer ${metricsToken}` }),
  "a signature": (_server, body) => ({ "X-OnSync-Signature": signPayload(body, secret) }),
  "another's signature": (_server, body) => ({ "X-OnSync-Signature": signPayload(body, "another secret") }),
};

/** The status of the answer, whose body is not waited for: one of them is a stream. */
async function knock(
  { method, path }: Route,
  server: Started,
  knocker: Knocker,
  shown: Record<string, string>,
  body: string,
): Promise<number> {
  const { port } = server;
  const hasBody = method !== "GET" && method !== "DELETE";
  const asking = request({
    host: knocker.connectsTo,
    port,
    method,
    path,
    agent: false,
    headers: {
      Accept: "application/json, text/event-stream",
      ...(hasBody && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }),
      ...shown,
      ...knocker.headers(port),
    },
  });
  asking.on("error", () => {});
  asking.end(hasBody ? body : undefined);
  const [response] = await once(asking, "response");
  response.on("error", () => {});
  asking.destroy();
  return response.statusCode;
}

test("docs/security.md has this table, cell by cell", () => {
  const document = readFileSync(join(import.meta.dirname, "../../../docs/security.md"), "utf8");
  // Write it anew from renderDoors() where a door has changed.
  expect(document).toContain(renderDoors());
});

test("the table has every kind of server, and each credential opens at least one door", () => {
  expect(new Set(doors.map(({ server }) => server))).toEqual(new Set(serverNames));
  expect(new Set<Credential>(doors.map((door) => door.with)).size).toBe(7);
});

describe.each(doors.map((door) => [door.server, door.group, door] as const))("%s %s", (_server, _group, door) => {
  test.each(knockers.map((knocker) => [knocker.place, knocker] as const))("%s", async (_place, knocker) => {
    const server = serverOf(door, knocker.listens);
    // The first of a group is asked with everything, the others with what opens it and with nothing.
    const asks = door.routes.flatMap((route, index) =>
      Object.keys(credentials)
        .filter((name) => (index === 0 && isTriedAt(door, name)) || name === "nothing" || name === door.with)
        .map((credential) => ({ route, credential })),
    );
    const seen = await Promise.all(
      asks.map(async ({ route, credential }) => {
        const body = bodyOf(route.path);
        const shown = credentials[credential]?.(server, body) ?? {};
        const status = await knock(route, server, knocker, shown, body);
        return { ...route, credential, isIn: status !== 401 && status !== 403, failed: status >= 500 };
      }),
    );
    expect(seen).toEqual(
      asks.map(({ route, credential }) => {
        // What is signed is a delivery, and none may come to the control API and the console.
        const isDelivery = credential.endsWith("signature") && door.from === "this machine";
        const opens = credential === door.with || (door.with === "nothing" && !isDelivery);
        return { ...route, credential, isIn: knocker.mayPass(door) && opens, failed: false };
      }),
    );
  });
});
