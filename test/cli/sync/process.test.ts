/** A sync as a process of its own that is ended in the middle: the next goes on, and makes no contact twice. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { numberedContacts, temporaryFolder, writeContacts } from "../../../testing/imports/import-file.ts";
import { peerOf } from "../../../testing/virtual-pair.ts";

const command = join(import.meta.dirname, "../../../cli/onsync.ts");

type Running = { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> };

function start(folder: string, env: Record<string, string>): Running {
  const file = join(folder, "contacts.csv");
  const args = ["sync", "--from", file, "--to", file, "--json", "--yes"];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", command, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...bareEnvironment, XDG_STATE_HOME: folder, ...env },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return { child, ended: once(child, "close").then(([code]) => ({ code, output })) };
}

function lastLine(output: string): Record<string, unknown> {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "ended by %s in the middle, it goes on where it was, and makes no contact twice",
  async (signal) => {
    using folder = temporaryFolder();
    const reached = Promise.withResolvers<void>();
    let saves = 0;
    const reference = createReference({
      log: ({ method }) => {
        if (method === "POST") saves += 1;
        if (saves === 20) reached.resolve();
      },
    });
    await using _closed = { [Symbol.asyncDispose]: () => reference.close() };
    const { url } = await reference.listen();
    const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url };
    await peerOf(reference).contacts.save({ firstName: "Nora", phone: "+971509999999" });
    writeContacts(folder.path, numberedContacts(100));
    const first = start(folder.path, env);
    await reached.promise;
    first.child.kill(signal);
    const { code, output } = await first.ended;
    if (signal === "SIGTERM")
      expect({ code, last: lastLine(output) }).toMatchObject({ code: 1, last: { stopped: true } });
    const second = await start(folder.path, env).ended;
    expect({ code: second.code, last: lastLine(second.output) }).toMatchObject({
      code: 0,
      last: { done: true, rows: 101, conflicts: 0 },
    });
    const phones: unknown[] = [];
    for await (const { phone } of peerOf(reference).contacts.iterate()) phones.push(phone);
    expect([phones.length, new Set(phones).size]).toEqual([101, 101]);
    expect(saves).toBe(101);
    const rows = readFileSync(join(folder.path, "contacts.csv"), "utf8").trim().split("\n");
    expect(rows.filter((row) => row === "Nora,+971509999999")).toHaveLength(1);
  },
  60_000,
);
