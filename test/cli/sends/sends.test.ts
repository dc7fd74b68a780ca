/** `onsync sends`, against the sandbox: a send whose answer is lost is open until something tells what became of it. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { startEverything } from "../../../cli/start/everything.ts";
import { onsync } from "../command.ts";

const input = { platform: "whatsapp", to: "+971500000000", content: "The code is 8213" };

let folder: string;
let ledger: string;
let sandbox: Awaited<ReturnType<typeof startEverything>>;
let env: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "onsync-sends-"));
  ledger = join(folder, "sends.db");
  const io = { env: {}, stdin: (async function* () {})(), stdout: { write: () => {} }, stderr: { write: () => {} } };
  sandbox = await startEverything({
    io,
    log: pino({ level: "silent" }),
    options: { port: 0, host: "127.0.0.1", ledger },
    useReal: false,
    stopped: new AbortController().signal,
  });
  env = { ONSYNC_API_KEY: "onsync_pk_test_demo", ONSYNC_BASE_URL: `${sandbox.site.origin}/v1` };
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

function controlToken(): string {
  return sandbox.site.api.embedded ? sandbox.site.api.controlToken : "";
}

async function control(path: string, body: object = {}) {
  const answer = await fetch(`${sandbox.site.origin}/_control${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${controlToken()}` },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

async function webhookId(): Promise<string> {
  const { stdout } = await onsync(["call", "list_webhooks"], { env });
  return JSON.parse(stdout).data[0].id;
}

function sends(...args: string[]) {
  return onsync(["sends", ...args], { env: { ...env, ONSYNC_LEDGER: ledger } });
}

async function open() {
  return JSON.parse((await sends("list", "--json")).stdout).data;
}

/** The work is done, its answer is lost, and the history may not be read: nobody can tell. */
async function loseASend() {
  await control("/faults", { path: "/v1/messaging/send", kind: "drop_response", times: 1 });
  await control("/faults", { path: "/v1/conversations/*/messages", status: 403, times: 1 });
  const { code, stderr } = await onsync(["call", "send_message", JSON.stringify(input), "--ledger", ledger], { env });
  expect({ code, error: JSON.parse(stderr).error.name }).toEqual({ code: 1, error: "UnknownOutcomeError" });
}

describe("a send whose answer is lost", () => {
  test("is open, and closed by the webhook of its message", async () => {
    const id = await webhookId();
    await control(`/webhooks/${id}/pause`);
    await loseASend();
    const [entry, ...others] = await open();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ state: "unknown", platform: "whatsapp", to: "+971500000000" });

    await control(`/webhooks/${id}/resume`);
    // Advancing the clock answers when everything that falls due is done.
    await control("/clock", { advanceMs: 1 });
    for (let tries = 0; tries < 200 && (await open()).length > 0; tries++) await new Promise(setImmediate);
    expect(await open()).toEqual([]);
    const shown = await sends("show", entry.id, "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: entry.id,
      state: "sent",
      messageId: expect.stringMatching(/^msg_/),
    });
  });

  test("is closed by looking, with the id of its message", async () => {
    await control(`/webhooks/${await webhookId()}/pause`);
    await loseASend();
    const [entry] = await open();
    const settled = await sends("settle", entry.id);
    expect(settled).toMatchObject({ code: 0, stderr: "" });
    expect(settled.stdout).toMatch(/^It was sent\.\n/);
    expect(settled.stdout).toContain("msg_");
    expect(await open()).toEqual([]);
  });

  test("stays open, with exit code 1, where the history does not have it yet", async () => {
    await control("/faults", { path: "/v1/messaging/send", status: 503, times: 1 });
    await control("/faults", { path: "/v1/conversations/*/messages", status: 403, times: 1 });
    await onsync(["call", "send_message", JSON.stringify(input), "--ledger", ledger], { env });
    const [entry] = await open();
    const { code, stdout } = await sends("settle", entry.id, "--json");
    expect({ code, state: JSON.parse(stdout).state }).toEqual({ code: 1, state: "unknown" });
  });

  test("is listed in a table for a person, without its text, from a file that only its owner reads", async () => {
    await control(`/webhooks/${await webhookId()}/pause`);
    await loseASend();
    const [entry] = await open();
    const { stdout } = await sends("list");
    expect(stdout).toMatch(/^ID +STATE +TO +BEGUN AT +REFERENCE\n/);
    expect(stdout).toContain(`${entry.id}  unknown  whatsapp:+971500000000`);
    const everything = (await sends("list", "--all", "--json")).stdout + (await sends("show", entry.id)).stdout;
    expect(everything).not.toMatch(/8213|claimId|fingerprint|onsync_pk/);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });
});

describe("onsync sends", () => {
  test("what was sent is listed with --all, and by its state", async () => {
    await onsync(["call", "send_message", JSON.stringify(input), "--ledger", ledger], { env });
    expect((await sends("list")).stdout).toBe("No send is open.\n");
    expect(JSON.parse((await sends("list", "--all", "--json")).stdout).data).toMatchObject([{ state: "sent" }]);
    expect(JSON.parse((await sends("list", "--state", "not_sent", "--json")).stdout).data).toEqual([]);
  });

  test("two processes under one reference send once", async () => {
    const call = () =>
      onsync(
        [
          "call",
          "send_message",
          JSON.stringify({ ...input, metadata: { clientReference: "order-1" } }),
          "--ledger",
          ledger,
        ],
        { env },
      );
    const both = await Promise.all([call(), call()]);
    const messages = both.map(({ stdout }) => JSON.parse(stdout));
    expect(messages[0].id).toBe(messages[1].id);
    expect(messages.map(({ alreadySent }) => alreadySent ?? false).sort()).toEqual([false, true]);
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ["no ledger", ["list"], {}, "No ledger is named."],
    ["a file that is not there", ["list", "--ledger", "none.db"], {}, "--ledger: there is no send ledger none.db"],
    ["an unknown id", ["show", "send_none"], { ONSYNC_LEDGER: "LEDGER" }, "The ledger has no send send_none"],
    ["a state that is none", ["list", "--state", "lost"], { ONSYNC_LEDGER: "LEDGER" }, "Allowed choices are"],
  ])("%s is said, with exit code 2", async (_what, args, given, expected) => {
    const filled = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace("LEDGER", ledger)]),
    );
    const { code, stderr } = await onsync(["sends", ...args], { env: { XDG_STATE_HOME: folder, ...env, ...filled } });
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  test("a call without a key makes no ledger", async () => {
    const none = join(folder, "none.db");
    const send = await onsync(["call", "send_message", JSON.stringify(input), "--ledger", none], { env: {} });
    const mcp = await onsync(["mcp", "--send", "confirm", "--ledger", none], { env: {} });
    expect([send.code, mcp.code]).toEqual([2, 2]);
    expect(existsSync(none)).toBe(false);
  });

  test("another account's base URL is named before anything is asked", async () => {
    await control(`/webhooks/${await webhookId()}/pause`);
    await loseASend();
    const [entry] = await open();
    const elsewhere = { ...env, ONSYNC_LEDGER: ledger, ONSYNC_BASE_URL: "https://api.example.com/v1" };
    const { code, stderr } = await onsync(["sends", "settle", entry.id], { env: elsewhere });
    expect(code).toBe(2);
    expect(stderr).toContain(`was made at ${env.ONSYNC_BASE_URL}`);
  });
});
