/** The stdout sink: an event is done when its line is with the operating system, and not before. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { stdoutSink } from "../../../cli/listen/stdout-sink.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { transcribe } from "../../../testing/transcript.ts";
import { handOn, noSignal } from "../../webhooks/sinks/event.ts";

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A stream whose reader takes a line when it is told to. */
function slow() {
  const lines: string[] = [];
  const callbacks: ((error?: Error | null) => void)[] = [];
  const stream = new Writable({
    emitClose: false,
    autoDestroy: false,
    write(chunk, _encoding, callback) {
      lines.push(String(chunk));
      callbacks.push(callback);
    },
  });
  return { stream, lines, take: (error?: Error) => callbacks.shift()?.(error) };
}

describe("the stdout sink", () => {
  test("has an event when its line was taken", async () => {
    const { stream, take } = slow();
    let done = false;
    const handing = stdoutSink(stream)
      .handOn(handOn("evt_1"), noSignal)
      .then(() => {
        done = true;
      });
    for (let n = 0; n < 5; n++) await turn();
    expect(done).toBe(false);
    take();
    await handing;
  });

  test("writes one line at a time, so that a reader that stopped fills no memory, and none a second time", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    for (let round = 0; round < 3; round++) {
      const late = new AbortController();
      const all = ["evt_1", "evt_2", "evt_3"].map((id) => sink.handOn(handOn(id, id), late.signal));
      const settled = Promise.allSettled(all);
      await turn();
      late.abort();
      for (const each of await settled) {
        expect((each as PromiseRejectedResult).reason).toBeInstanceOf(SinkUnavailableError);
      }
    }
    expect(lines).toHaveLength(1);
    const again = ["evt_2", "evt_1", "evt_3"].map((id) => sink.handOn(handOn(id, id), noSignal));
    for (let n = 0; n < 10; n++) {
      take();
      await turn();
    }
    await Promise.all(again);
    expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(["evt_1", "evt_2", "evt_3"]);
  });

  test("events of two orgs that have one id are two lines", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    const both = [1, 2].map((sequence) => sink.handOn(handOn("evt_1", `org ${sequence}`, { sequence }), noSignal));
    for (let n = 0; n < 2; n++) {
      await turn();
      take();
      await turn();
    }
    await Promise.all(both);
    expect(lines).toHaveLength(2);
  });

  test("a write that fails is an outage; what comes next does not become the rest of its line", async () => {
    let written = "";
    let full = true;
    /** As process.stdout does, it goes on after an error. */
    class Disk extends Writable {
      override write(...args: unknown[]): boolean {
        const [chunk, callback] = args as [string, (error?: Error) => void];
        written += full ? chunk.slice(0, 10) : chunk;
        callback(full ? Object.assign(new Error("no space left"), { code: "ENOSPC" }) : undefined);
        return true;
      }
    }
    const sink = stdoutSink(new Disk());
    await expect(sink.handOn(handOn("evt_1"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    full = false;
    await sink.handOn(handOn("evt_2", "b"), noSignal);
    await sink.handOn(handOn("evt_1"), noSignal);
    const [torn, ...lines] = written.trimEnd().split("\n");
    expect(torn).toHaveLength(10);
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(["evt_2", "evt_1"]);
  });

  test("tells, once, that the reader is gone", async () => {
    const { stream, take } = slow();
    let gone = 0;
    const sink = stdoutSink(stream, () => {
      gone += 1;
    });
    const both = [sink.handOn(handOn("evt_1", "a"), noSignal), sink.handOn(handOn("evt_2", "b"), noSignal)];
    const settled = Promise.allSettled(both);
    await turn();
    take(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(gone).toBe(1);
  });

  test("prints one line a body, the same JSON to the last digit, and nothing that steers a terminal", async () => {
    const { stream, lines, take } = slow();
    const sink = stdoutSink(stream);
    const bodies = [
      '{\r\n  "id": "evt_1",\n  "n": 9007199254740993 }',
      '\ufeff{"text":"a\u2028b\u0085c\u202ed\u009be"}',
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    ];
    for (const [n, body] of bodies.entries()) {
      const handing = sink.handOn(handOn(`evt_${n}`, undefined, { body }), noSignal);
      await turn();
      take();
      await handing;
    }
    expect(lines[0]).toBe('{   "id": "evt_1",   "n": 9007199254740993 }\n');
    expect(lines[1]).toBe('{"text":"a\\u2028b\\u0085c\\u202ed\\u009be"}\n');
    expect(JSON.parse(lines[1] as string).text).toBe("a\u2028b\u0085c\u202ed\u009be");
    expect(lines[2]).toHaveLength(200_001);
  });
});

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
    env: { PATH: process.env.PATH, ONSYNC_WEBHOOK_SECRETS: secret },
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

describe("a receiver whose output is read slowly", () => {
  test("killed, it has lost nothing: what was read, and what the next one prints, is everything acknowledged", async () => {
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

  test("whose reader dies, it keeps the event, ends and says why", async () => {
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

  test("on a full disk, events wait", async () => {
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
