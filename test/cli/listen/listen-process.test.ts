/** The receiver as its users start it: a process, with its outputs and its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { transcribe } from "../../../testing/transcript.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-listen-process-"));
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

test("says when it is ready, prints events in order, and drains at SIGTERM", async () => {
  const script = join(import.meta.dirname, "../../../cli/onsync.ts");
  const args = [script, "listen", "--port", "0", "--json", "--data", join(folder, "events.db")];
  const started = spawn(process.execPath, args, {
    env: { ...bareEnvironment, ONSYNC_WEBHOOK_SECRETS: "of the process" },
  });
  child = started;
  transcribe(started);
  const exited = new Promise((resolve) => started.once("exit", (code) => resolve(code)));
  const lines = createInterface(started.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse(String((await lines.next()).value));

  const ready = await nextLine();
  expect(ready).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) });
  for (const id of ["evt_1", "evt_2"]) {
    const { body } = toIncoming(messageEvent(id));
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, "of the process") };
    expect((await fetch(ready.url, { method: "POST", headers, body })).status).toBe(200);
    expect(await nextLine()).toEqual(messageEvent(id));
  }
  started.kill("SIGTERM");
  expect(await exited).toBe(0);
});
