/**
 * What reaches a terminal, or a file that is shown on one later. The server here is hostile: whatever it may choose, its
 * answers, ids, names and errors, carries what terminals obey.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createExampleInput } from "../../cli/call/operation-help.ts";
import { stdoutSink } from "../../cli/listen/stdout-sink.ts";
import { samples } from "../../src/api/index.ts";
import { allOperations } from "../../src/operations/index.ts";
import { escapeForTerminal } from "../../src/printable.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { bareEnvironment } from "../../testing/bare-environment.ts";
import { messageEvent } from "../../testing/events.ts";
import { transcribe } from "../../testing/transcript.ts";
import { handOn, noSignal } from "../webhooks/sinks/event.ts";
import { onsync } from "./command.ts";

/** Every character that must not come through, as the standard lists them and not as the code does. */
const forbidden: number[] = [
  ...Array.from({ length: 0x20 }, (_, code) => code).filter((code) => code !== 9 && code !== 10),
  ...Array.from({ length: 0xa0 - 0x7f }, (_, index) => 0x7f + index),
  ...[0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
  ...[0xd800, 0xdbff, 0xdc00, 0xdfff],
];

function found(text: string): string[] {
  return Array.from(text, (character) => character.codePointAt(0) as number)
    .filter((code) => forbidden.includes(code) || (code >= 0xd800 && code <= 0xdfff))
    .map((code) => code.toString(16));
}

const nasty = `a\u001b]0;owned\u0007\u001b[2J\r\b\u009b31m\u202egnp\u2066\u061c\u200f\u007f\ud800 سارة 😀\n✓ forged  line`;
/** As a request id goes into a header, too, it has what headers can carry. */
const nastyKey = "\u202ekey\u0085";

let server: Server;
let env: Record<string, string>;
let status = 200;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://x").pathname;
    const poisoned = <Value>(value: Value): Value =>
      JSON.parse(JSON.stringify(value), (_key, inner) => (typeof inner === "string" ? `${inner}${nasty}` : inner));
    const item = { ...poisoned({ ...samples.inboundMessage, ...samples.contact }), [nastyKey]: nasty };
    const list = /\/(messages|contacts|conversations|templates|webhooks)$/.test(path) && request.method === "GET";
    const body =
      status === 200
        ? path.endsWith("/me")
          ? poisoned(samples.account)
          : list
            ? { data: [item], nextCursor: null, nextBefore: null }
            : { ...item, metadata: {} }
        : {
            error: {
              code: "validation_failed",
              message: nasty,
              details: [{ path: [nastyKey], code: nasty, message: nasty }],
            },
          };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...body, requestId: nasty, timestamp: "2024-12-01T10:00:00.000Z" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  env = {
    ONSYNC_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ONSYNC_API_KEY: "onsync_pk_test_hostile",
  };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("escapeForTerminal", () => {
  test("writes control characters as JSON does, and keeps every other", () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 || (code >= 0xd700 && code < 0xe100) ? 1 : 97) {
      const text = String.fromCodePoint(code);
      const shown = escapeForTerminal(text);
      if (forbidden.includes(code) || (code >= 0xd800 && code <= 0xdfff)) {
        expect(shown).toMatch(/^\\u[0-9a-f]{4}$/);
        expect(JSON.parse(`"${shown}"`)).toBe(text);
      } else if (shown !== text) throw new Error(`U+${code.toString(16)} became ${shown}`);
    }
  });

  test("does not change what a JSON text means", () => {
    const value = { [nastyKey]: nasty, more: ["😀", "\ud83d", "\ude00\ud83d", "\\u202e"] };
    for (const indent of [0, 2]) {
      const text = escapeForTerminal(JSON.stringify(value, null, indent));
      expect(found(text)).toEqual([]);
      expect(JSON.parse(text)).toEqual(value);
    }
  });
});

const writes = allOperations.map(({ name }) => name);

describe.each([
  [200, true],
  [200, false],
  [400, true],
  [400, false],
])("answers with status %i, to a terminal: %p", (answered, tty) => {
  beforeAll(() => {
    status = answered;
  });

  test.each(writes)("onsync call %s", async (name) => {
    const operation = allOperations.find((each) => each.name === name) as (typeof allOperations)[number];
    const { stdout, stderr, code } = await onsync(["call", name, JSON.stringify(createExampleInput(operation))], {
      env,
      tty,
    });
    expect([found(stdout), found(stderr)]).toEqual([[], []]);
    const printed = JSON.parse(code === 0 ? stdout : stderr);
    // The same value for a program.
    if (name === "get_contact") expect(JSON.stringify(printed)).toContain(JSON.stringify(nasty).slice(1, -1));
  });

  test("onsync doctor: no line of another's making", async () => {
    const text = await onsync(["doctor"], { env, tty });
    expect([found(text.stdout), found(text.stderr)]).toEqual([[], []]);
    expect(text.stdout).toContain("✓ forged");
    expect(text.stdout).not.toMatch(/^✓ forged/m);
    const json = await onsync(["doctor", "--json"], { env, tty });
    expect(found(json.stdout)).toEqual([]);
    expect(JSON.parse(json.stdout).checks.length).toBeGreaterThan(1);
  });
});

test.each(["ndjson", "singer"])(
  "an export to the standard output, as %s, carries no control characters",
  async (format) => {
    status = 200;
    const { stdout, stderr } = await onsync(["export", "contacts", "--to", "-", "--format", format], {
      env,
      tty: true,
    });
    // The line of the progress, which is written over, is ours.
    const said = stderr.replaceAll("\r\u001b[2K", "");
    expect([found(stdout), found(said)]).toEqual([[], []]);
    expect(stdout + stderr).not.toMatch(/^✓ forged/m);
  },
);

test("what somebody typed is printed back without control characters", async () => {
  for (const args of [
    ["call", `send_message${nasty}`],
    [`--${nasty}`],
    [nasty],
    ["call", "send_message", `{${nasty}`],
  ]) {
    const { stdout, stderr } = await onsync(args);
    expect([found(stdout), found(stderr)]).toEqual([[], []]);
    expect(stderr).toContain("\\u001b");
  }
});

test("the log and the answers of an MCP server carry no control characters", async () => {
  status = 200;
  const messages = [
    {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
    },
    {
      jsonrpc: "2.0",
      id: 2,
      method: "tools/call",
      params: { name: "get_contact", arguments: { contactId: "contact_1" } },
    },
  ];
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../cli/onsync.ts"), "mcp"], {
    env: { ...bareEnvironment, ONSYNC_LOG_LEVEL: "trace", ...env },
  });
  transcribe(child);
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => {
      written[name] += text;
    });
  }
  child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  await once(child, "close");
  expect([found(written.stdout), found(written.stderr)]).toEqual([[], []]);
  const lines = written.stderr.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).requestId)).toContain(nasty);
  expect(
    written.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).id),
  ).toEqual([1, 2]);
});

test("events carry no control characters, printed as they come or listed later", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-terminal-"));
  const data = join(folder, "events.db");
  const event = messageEvent("evt_1");
  (event.data as { content?: string }).content = nasty;
  let printed = "";
  const sink = stdoutSink({
    write: (text) => {
      printed += text;
    },
  });
  const body = `{"${nastyKey}":"\u009b",${JSON.stringify(event).slice(1)}`;
  await sink.handOn({ ...handOn("evt_1"), body }, noSignal);
  const store = openSqliteStore({ file: data, claim: false });
  await store.accept({ event, body });
  await store.close();
  const listed = await onsync(["events", "list", "--state", "all", "--full", "--data", data]);
  rmSync(folder, { recursive: true });
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  for (const text of [printed, listed.stdout]) expect(found(text)).toEqual([]);
  const expected = { ...event, [nastyKey]: "\u009b" };
  expect([JSON.parse(printed), JSON.parse(listed.stdout).event]).toEqual([expected, expected]);
});
