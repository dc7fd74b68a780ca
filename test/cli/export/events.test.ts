/** `onsync export --events`: beside a receiver that OnSync delivers to, into each database, followed as a process that is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { eventTypes } from "../../../src/api/index.ts";
import { createReceiver, type EventStore, openSqliteStore } from "../../../src/webhooks/index.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { readParts } from "../../../testing/exports/export-to.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";
import { describeOnPostgres, queryDuckDb, queryPostgres } from "../../data/export/targets/database/on-databases.ts";
// What the command loads on demand: see test/cli/command.ts.
import "../../../src/data/index.ts";
import "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { onsync } from "../command.ts";

const command = join(import.meta.dirname, "../../../cli/onsync.ts");
const secret = "whsec_made_up_for_exports";

let reference: Reference;
let folder: ReturnType<typeof temporaryFolder>;
let store: EventStore;
let server: Server;
let events: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = temporaryFolder();
  reference = createReference();
  const { url } = await reference.listen();
  env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key, XDG_STATE_HOME: join(folder.path, "state") };
  events = join(folder.path, "events.db");
  store = openSqliteStore({ file: events });
  server = createServer(createReceiver({ secrets: [secret], store }).node).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await peerOf(reference).webhooks.create({ url: `http://127.0.0.1:${port}/`, events: [...eventTypes], secret });
});
afterEach(async () => {
  await reference.close();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  await store.close();
  folder[Symbol.dispose]();
});

/** A customer writes, and the receiver has it. */
async function write(content: string, from = "+971500000001"): Promise<void> {
  await reference.control.inbound({ platform: "whatsapp", from, content });
  for (;;) {
    const kept = await store.list({ limit: 1000 });
    if (kept.some(({ body }) => body.includes(JSON.stringify(content)))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function exportMessages(to: string, ...more: string[]) {
  const { code, stdout, stderr } = await onsync(["export", "messages", "--to", to, "--json", ...more], { env });
  return { code, stderr, last: JSON.parse(stdout.trim().split("\n").at(-1) || "null") as Record<string, unknown> };
}

function startFollowing(to: string): { child: ChildProcess; lines: string[]; ended: Promise<unknown[]> } {
  const args = ["export", "messages", "--to", to, "--events", events, "--follow", "--json"];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", command, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...bareEnvironment, ...env },
  });
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
  return { child, lines, ended: once(child, "close") };
}

async function waitFor(isThere: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("what came to the receiver is exported without a request, once a first export is done", async () => {
  const out = join(folder.path, "out");
  await write("Hi");
  expect(await exportMessages(out, "--events", events)).toMatchObject({ code: 0, last: { done: true, rows: 1 } });
  await write("Where is my order?");
  await write("Hello", "+971500000002");
  expect(await exportMessages(out, "--events", events)).toMatchObject({
    code: 0,
    stderr: "",
    last: { done: true, rows: 2, requests: 0, unknown: 0 },
  });
  expect(readParts(folder.path).map(({ content }) => content)).toEqual(["Hi", "Where is my order?", "Hello"]);
});

test("into DuckDB, with a gap that is told of and mended", async () => {
  const file = join(folder.path, "inbox.duckdb");
  await write("Hi");
  await exportMessages(`duckdb:${file}`, "--events", events);
  await write("Where is my order?");
  // One at a time: they are of one conversation, or of its contact.
  for (let taken = await store.take(100); taken.length > 0; taken = await store.take(100))
    for (const each of taken) await store.done(each);
  // It forgets what was handed on.
  const forgetful = openSqliteStore({ file: events, claim: false, keepMs: -1 });
  await forgetful.prune();
  await forgetful.close();
  const { stdout, code } = await onsync(
    ["export", "messages", "--to", `duckdb:${file}`, "--events", events, "--json"],
    { env },
  );
  expect(code).toBe(0);
  expect(stdout).toContain('{"gap":true,"since":"20');
  expect(await queryDuckDb(file, `SELECT content FROM messages ORDER BY "createdAt"`)).toEqual([
    { content: "Hi" },
    { content: "Where is my order?" },
  ]);
});

describeOnPostgres((createDatabase) => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "it follows into Postgres, which others read meanwhile, until %s, and goes on from there",
    async (signal) => {
      const url = await createDatabase();
      await write("Hi");
      const following = startFollowing(url);
      await waitFor(() => following.lines.includes('{"following":true}'));
      await write("Where is my order?");
      await waitFor(async () => (await queryPostgres(url, "SELECT id FROM messages")).length === 2);
      following.child.kill(signal);
      expect(await following.ended).toEqual([0, null]);
      expect(JSON.parse(following.lines.at(-1) ?? "")).toMatchObject({ done: true, rows: 2, unknown: 0 });
      expect(following.lines.join()).not.toContain(new URL(url).password);
      await write("Hello?");
      expect(await exportMessages(url, "--events", events)).toMatchObject({ code: 0, last: { rows: 1, requests: 0 } });
      expect(await queryPostgres(url, `SELECT content FROM messages ORDER BY "createdAt"`)).toEqual(
        ["Hi", "Where is my order?", "Hello?"].map((content) => ({ content })),
      );
    },
    40_000,
  );
});

describe("called wrongly", () => {
  test.each([
    [["--follow"], "--follow needs --events"],
    [["--events", "nowhere.db"], "--events: there is no event file nowhere.db"],
    [["--events", "EVENTS", "--contact", "contact_1"], "--contact and --events: the events are of all contacts"],
    [
      ["--to", "duckdb:/nowhere/inbox.duckdb"],
      "--to: /nowhere/inbox.duckdb cannot be exported into: its folder is not there",
    ],
    [
      ["--to", "postgres://me:secret-one@127.0.0.1:1/x"],
      "--to: There is no Postgres to work with at postgres://127.0.0.1:1/x",
    ],
  ])("%j says what is wrong, and no password", async (args, said) => {
    const given = args.map((arg) => (arg === "EVENTS" ? events : arg));
    const { code, stdout, stderr } = await onsync(["export", "messages", "--to", join(folder.path, "out"), ...given], {
      env,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("secret-one");
  });
});
