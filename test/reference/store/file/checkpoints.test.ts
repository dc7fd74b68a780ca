/** What the log of a data file holds goes into the file beside the requests, and nothing of it is lost. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { createCheckpoints, maxLogPages } from "../../../../reference/store/file/checkpoints.ts";
import { openStore } from "../../../../reference/store/index.ts";
import { createFolder } from "../../folders.ts";

/** What a file says without its log. */
function readAlone(file: string, text: string): unknown[] {
  const copy = join(createFolder(), "copy.db");
  copyFileSync(file, copy);
  const sql = new DatabaseSync(copy);
  const rows = sql.prepare(text).all();
  sql.close();
  return rows.map((row) => Object.values(row)[0]);
}

test("what so many transactions wrote is in the file itself, while the connection that wrote it is open", async () => {
  const file = join(createFolder(), "data.db");
  const sql = new DatabaseSync(file);
  sql.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE kept (value)");
  const checkpoints = createCheckpoints(file, 3);
  for (let value = 0; value < 3; value++) {
    sql.exec(`INSERT INTO kept VALUES (${value})`);
    checkpoints.note();
  }
  await checkpoints.close();
  expect(readAlone(file, "SELECT value FROM kept")).toEqual([0, 1, 2]);
  sql.close();
});

test("where the thread fails, whoever writes goes on, and ends", async () => {
  const file = join(createFolder(), "no", "such", "folder.db");
  const checkpoints = createCheckpoints(file, 1);
  for (let count = 0; count < 3; count++) checkpoints.note();
  await checkpoints.close();
  expect(existsSync(file)).toBe(false);
});

test("the log is bounded where no thread keeps it short, and is gone when the store is closed", async () => {
  const file = join(createFolder(), "data.db");
  const store = openStore(file);
  const large = "x".repeat(1_000_000);
  let longest = 0;
  // Each of them 250 pages, and none a transaction that the thread is told of.
  for (let count = 0; count < (2.5 * maxLogPages) / 250; count++) {
    store.settings.set("clock", large + count);
    longest = Math.max(longest, statSync(`${file}-wal`).size);
  }
  expect(longest).toBeLessThan(1.2 * maxLogPages * 4120);
  await store.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

/** Writes one setting a transaction, each after the other, and says every 250th, at which the thread is asked for a checkpoint. */
const writer = `
const { openStore } = await import(process.env.STORE);
const store = openStore(process.env.FILE);
const pages = "x".repeat(20_000);
for (let count = 1; ; count++) {
  store.transaction(() => store.settings.set("clock", count + pages));
  if (count % 250 === 0) require("node:fs").writeSync(1, count + "\\n");
}
`;

async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  let said = 0;
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    said = Number(line);
    if (said >= lines * 250 && !child.killed) child.kill("SIGKILL");
  }
  return said;
}

test("killed while it writes and the thread makes checkpoints, the file is whole and has all that was written", async () => {
  const file = join(createFolder(), "data.db");
  const env = { ...process.env, FILE: file, STORE: join(import.meta.dirname, "../../../../reference/store/index.ts") };
  for (const lines of [3, 8]) {
    rmSync(file, { force: true });
    const args = ["--disable-warning=ExperimentalWarning", "-e", `(async () => {${writer}})()`];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    const said = await killAfter(child, lines);
    await exited;
    const store = openStore(file);
    expect(Number.parseInt(store.settings.get("clock") ?? "", 10)).toBeGreaterThanOrEqual(said);
    expect(store.sql.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    await store.close();
  }
});
