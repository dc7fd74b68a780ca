/** `onsync listen` that prints events, as a process whose output is slow, gone or full. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { transcribe } from "../../../testing/transcript.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-stdout-"));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(import.meta.dirname, "../../../cli/onsync.ts");
const secret = "of the process";

/** A receiver in a process of its own; `ready` is read from stdout where that is a pipe. */
function start(data: string, stdout: "pipe" | number) {
  const child = spawn(process.execPath, [script, "listen", "--port", "0", "--json", "--data", data], {
    stdio: ["ignore", stdout, "pipe"],
    env: { ...bareEnvironment, ONSYNC_WEBHOOK_SECRETS: secret },
  });
  children.push(child);
  transcribe(child);
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said += text;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { child, exited, said: () => said };
}

async function deliver(url: string, id: string, key: string, text = "") {
  const event = messageEvent(id, key);
  const { body } = toIncoming({ ...event, data: { ...event.data, content: text } } as typeof event);
  const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
  return (await fetch(url, { method: "POST", headers, body })).status;
}

async function notDone(data: string): Promise<string[]> {
  const store = openSqliteStore({ file: data, claim: false });
  const events = await store.list({ limit: 10_000 });
  await store.close();
  return events.filter(({ state }) => state !== "done").map(({ id }) => id);
}

describe("a receiver that prints events", () => {
  test("loses nothing when it is killed: what was read, and what the next one prints, is everything acknowledged", async () => {
    const data = join(folder, "slow.db");
    const first = start(data, "pipe");
    const read: string[] = [];
    const stdout = first.child.stdout as NonNullable<ChildProcess["stdout"]>;
    const url = await new Promise<string>((resolve) => {
      stdout.once("data", (line) => {
        stdout.pause();
        resolve(JSON.parse(String(line)).url);
      });
    });
    // Two thousand characters each: far more than a pipe holds.
    const ids = Array.from({ length: 200 }, (_, n) => `evt_${n}`);
    for (const id of ids) expect(await deliver(url, id, `whatsapp:${id}`, "x".repeat(2000))).toBe(200);
    // Only now the reader goes on; Node itself would read what is left when the process has ended.
    const left = createInterface(stdout);
    first.child.kill("SIGKILL");
    for await (const line of left) {
      try {
        read.push(JSON.parse(line).id);
      } catch {
        // The line it was killed in.
      }
    }
    await first.exited;
    const waiting = await notDone(data);
    expect(read.length).toBeGreaterThan(0);
    expect(waiting.length).toBeGreaterThan(50);
    expect(new Set([...read, ...waiting])).toEqual(new Set(ids));

    const second = start(data, "pipe");
    const again: string[] = [];
    for await (const line of createInterface(second.child.stdout as NonNullable<ChildProcess["stdout"]>)) {
      const { id, ready } = JSON.parse(line);
      if (!ready) again.push(id);
      if (again.length === waiting.length) break;
    }
    expect(new Set(again)).toEqual(new Set(waiting));
    second.child.kill("SIGTERM");
    expect(await second.exited).toBe(0);
  }, 30_000);

  test("ends when its reader dies, keeps the event and says why", async () => {
    const data = join(folder, "gone.db");
    const { child, exited, said } = start(data, "pipe");
    const stdout = child.stdout as NonNullable<ChildProcess["stdout"]>;
    const url = await new Promise<string>((resolve) => {
      stdout.once("data", (line) => resolve(JSON.parse(String(line)).url));
    });
    stdout.destroy();
    expect(await deliver(url, "evt_1", "whatsapp:1")).toBe(200);
    expect(await exited).toBe(1);
    expect(said()).toContain("Whoever read the events from stdout is gone.");
    expect(await notDone(data)).toEqual(["evt_1"]);
  }, 30_000);

  test("keeps events waiting while the disk is full", async () => {
    const data = join(folder, "full.db");
    const store = openSqliteStore({ file: data });
    await store.accept(toIncoming(messageEvent("evt_1")));
    await store.close();
    const full = openSync("/dev/full", "w");
    const { child, exited, said } = start(data, full);
    closeSync(full);
    while (!said().includes("ENOSPC")) await new Promise((resolve) => child.stderr?.once("data", resolve));
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(await notDone(data)).toEqual(["evt_1"]);
  }, 30_000);
});
