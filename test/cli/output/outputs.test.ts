/** The process where its outputs fail, its input is no text, or its terminal is closed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Listening, type Reference } from "../../../reference/index.ts";
import { samples } from "../../../src/api/index.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { transcribe } from "../../../testing/transcript.ts";
import { onsync as inProcess } from "../command.ts";

const script = join(import.meta.dirname, "../../../cli/onsync.ts");
const folder = mkdtempSync(join(tmpdir(), "onsync-outputs-"));
let reference: Reference;
let server: Listening;
let env: Record<string, string>;
beforeAll(async () => {
  reference = createReference();
  server = await reference.listen();
  env = { ONSYNC_BASE_URL: server.url, ONSYNC_API_KEY: reference.key };
});
beforeEach(() => reference.control.reset());
afterAll(async () => {
  await reference.close();
  rmSync(folder, { recursive: true });
});

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

function started(args: readonly string[], stdout: "pipe" | number, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...bareEnvironment, ...env, ...more },
    stdio: ["pipe", stdout, "pipe"],
  }) as ChildProcess & { stderr: Readable };
  running.add(child);
  transcribe(child);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return { code: code as number, stderr };
  });
  return { child, ended };
}

/** A disk that is full, as Linux has one. */
const withFullDisk = existsSync("/dev/full") ? test : test.skip;

async function toFullDisk(args: readonly string[]) {
  const full = openSync("/dev/full", "w");
  try {
    return await started(args, full).ended;
  } finally {
    closeSync(full);
  }
}

/** A pipe whose reader has gone before anything is written. */
async function toClosedPipe(args: readonly string[]) {
  const { child, ended } = started(args, "pipe");
  child.stdout?.destroy();
  return await ended;
}

const message = { platform: "telegram", to: "sara", content: "Hi" };
const sending = ["call", "send_message", JSON.stringify(message)];

async function history() {
  const { stdout } = await inProcess(["call", "list_messages", '{"conversationId":"telegram:sara"}'], { env });
  return JSON.parse(stdout).data as { id: string; content: string }[];
}

describe("a result that cannot be written", () => {
  const checkSent = async ({ code, stderr }: { code: number; stderr: string }) => {
    const [sent, ...others] = await history();
    expect(others).toEqual([]);
    expect({ code, error: JSON.parse(stderr).error }).toEqual({
      code: 1,
      error: expect.objectContaining({
        name: "OutputError",
        code: "output_failed",
        outcome: "sent",
        id: sent?.id,
        message: expect.stringContaining(`${sent?.id} was sent`),
        advice: expect.stringContaining("Do not run it again"),
        retryable: false,
      }),
    });
  };

  withFullDisk("of a send, to a full disk, is an error that says that it was sent, with its id", async () => {
    await checkSent(await toFullDisk(sending));
  });
  test("of a send, to a pipe that nobody reads, is the same error", async () => {
    await checkSent(await toClosedPipe(sending));
  });
  withFullDisk("of a change is an error that says that it is done and not to be repeated", async () => {
    const { code, stderr } = await toFullDisk(["call", "save_contact", '{"email":"sara@example.com"}']);
    expect({ code, ...JSON.parse(stderr).error }).toMatchObject({
      code: "output_failed",
      outcome: "done",
      id: expect.stringMatching(/^contact_/),
      retryable: false,
    });
    expect(code).toBe(1);
  });
  withFullDisk("of a read is an error that may be repeated", async () => {
    const { code, stderr } = await toFullDisk(["call", "list_webhooks"]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({ code: "output_failed", retryable: true });
  });
  test("of a read ends in silence where its reader has had what it wanted", async () => {
    expect(await toClosedPipe(["call", "list_webhooks"])).toEqual({ code: 0, stderr: "" });
    expect(await toClosedPipe(["--help"])).toEqual({ code: 0, stderr: "" });
  });
  withFullDisk("of the help and of the doctor is told by the exit code at least", async () => {
    expect((await toFullDisk(["--help"])).code).toBe(1);
    expect(await toFullDisk(["doctor"])).toMatchObject({ code: 1, stderr: expect.stringContaining("ENOSPC") });
  });
  withFullDisk("ends a server, which says why", async () => {
    const { code, stderr } = await toFullDisk(["reference", "--port", "0"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("ENOSPC") });
  });
});

describe("input", () => {
  const fed = async (bytes: Buffer) => {
    const { child, ended } = started(["call", "send_message", "-"], "pipe");
    child.stdout?.resume();
    child.stdin?.end(bytes);
    return await ended;
  };
  const text = JSON.stringify({ ...message, content: "سارة" });

  test.each([
    ["a byte of another encoding", Buffer.from(text.replace("سارة", "caf\u00e9"), "latin1"), "byte 50"],
    ["a character cut off at the end", Buffer.from(text).subarray(0, -3), "byte"],
    ["UTF-16", Buffer.from(`\ufeff${text}`, "utf16le"), "UTF-16"],
    [
      "half of a surrogate pair",
      Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xed, 0xa0, 0x80])]),
      "byte",
    ],
  ])("with %s is refused, and nothing is sent", async (_what, bytes, says) => {
    const { code, stderr } = await fed(bytes);
    expect({ code, error: JSON.parse(stderr).error }).toMatchObject({
      code: 2,
      error: { code: "invalid_encoding", message: expect.stringContaining(says), advice: expect.any(String) },
    });
    const { stdout } = await inProcess(["call", "list_conversations"], { env });
    expect(JSON.parse(stdout).data).toEqual([]);
  });

  test("with a byte order mark is read without it", async () => {
    expect(await fed(Buffer.from(`\ufeff${text}`))).toEqual({ code: 0, stderr: "" });
    expect(await history()).toMatchObject([{ content: "سارة" }]);
    expect((await inProcess(["call", "send_message", `\ufeff${text}`], { env })).code).toBe(0);
  });

  test("that the shell has broken is refused; the character that stands for it may be written as an escape", async () => {
    const broken = await inProcess(["call", "send_message", text.replace("سارة", "caf\ufffd")], { env });
    expect(broken.code).toBe(2);
    expect(JSON.parse(broken.stderr).error.code).toBe("invalid_encoding");
    const meant = await inProcess(["call", "send_message", text.replace("سارة", "caf\\ufffd")], { env });
    expect(JSON.parse(meant.stdout).content).toBe("caf\ufffd");
  });

  test("a key file may begin with a byte order mark, too", async () => {
    const file = join(folder, "key");
    writeFileSync(file, `\ufeff${reference.key}\r\n`);
    const { ONSYNC_API_KEY: _, ...keyless } = env;
    expect((await inProcess(["call", "list_webhooks"], { env: { ...keyless, ONSYNC_API_KEY_FILE: file } })).code).toBe(
      0,
    );
  });
});

describe("a terminal that is closed (SIGHUP) ends as SIGTERM does", () => {
  const servers: [string[], Record<string, string>][] = [
    [["reference", "--port", "0", "--json"], {}],
    [["start", "--port", "0", "--json"], { ONSYNC_API_KEY: "", ONSYNC_BASE_URL: "" }],
    [["mcp", "--http", "--port", "0", "--json"], {}],
    [["listen", "--port", "0", "--json", "--data", join(folder, "events.db")], { ONSYNC_WEBHOOK_SECRETS: "a-secret" }],
  ];
  test.each(servers)("onsync %j", async (args, more) => {
    const { child, ended } = started(args, "pipe", more);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGHUP");
    expect((await ended).code).toBe(0);
  });

  test("onsync mcp", async () => {
    const { child, ended } = started(["mcp"], "pipe", { ONSYNC_LOG_LEVEL: "debug" });
    child.stdin?.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGHUP");
    expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining("Stopping") });
  });

  test("a send under way is not dropped without a word", async () => {
    let child: ChildProcess | undefined;
    let body = "";
    const api = createServer((request, response) => {
      const sent = () => ({
        ...samples.sentMessage,
        id: "msg_1",
        conversationId: "telegram:sara",
        ...JSON.parse(body),
        direction: "outbound",
        createdAt: new Date().toISOString(),
      });
      if (request.method === "POST") {
        request.setEncoding("utf8").on("data", (part) => {
          body += part;
        });
        // The work is done, and no answer comes.
        request.on("end", () => child?.kill("SIGHUP"));
      } else {
        response.setHeader("content-type", "application/json");
        const envelope = { requestId: "req_1", timestamp: new Date().toISOString() };
        response.end(JSON.stringify({ data: [sent()], nextBefore: null, ...envelope }));
      }
    }).listen(0, "127.0.0.1");
    await once(api, "listening");
    const { port } = api.address() as AddressInfo;
    const sender = started(sending, "pipe", { ONSYNC_BASE_URL: `http://127.0.0.1:${port}/v1` });
    child = sender.child;
    let stdout = "";
    child.stdout?.on("data", (text) => {
      stdout += text;
    });
    const { code, stderr } = await sender.ended;
    // Not killed with nothing said: the message, or that it may have been sent.
    expect(code === 0 ? JSON.parse(stdout) : JSON.parse(stderr).error).toMatchObject(
      code === 0 ? { id: "msg_1" } : { name: "UnknownOutcomeError", outcome: "unknown" },
    );
    api.closeAllConnections();
    api.close();
  });
});
