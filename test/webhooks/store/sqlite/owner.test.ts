/** Who owns an event file, where the file of its lock tells nothing: told from the process that is written into it. */
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { newFile } from "./new-file.ts";

/** In proc(5), the 22nd field of a process is when it started; its name, the second, may have spaces. */
function readStart(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[22 - 3]}`;
}

/** A file that was last owned by another process, whose lock is gone. */
async function leaveFile(owner: { pid: number; started: string | null }): Promise<string> {
  const file = newFile();
  const store = openSqliteStore({ file, claim: false });
  await store.swapSetting("receiver", null, JSON.stringify({ token: "of another", ...owner }));
  await store.close();
  return file;
}

(process.platform === "linux" ? test : test.skip)("a file of a process that lives is in use", async () => {
  const file = await leaveFile({ pid: process.ppid, started: readStart(process.ppid) });
  for (const _ of [1, 2])
    expect(() => openSqliteStore({ file })).toThrow(`Another receiver works on the event file ${file}: stop it first`);
});

test.each([
  ["has ended, and another has its number", { pid: process.ppid, started: "another-boot 1" }],
  ["nothing was known of", { pid: process.ppid, started: null }],
  ["has ended", { pid: 2 ** 30, started: "another-boot 1" }],
  ["has ended, of which nothing was known", { pid: 2 ** 30, started: null }],
])("a file of a process that %s is free", async (_what, owner) => {
  const store = openSqliteStore({ file: await leaveFile(owner) });
  expect(await store.take(1)).toEqual([]);
  await store.close();
});
