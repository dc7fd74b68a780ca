/** What is DuckDB's own in an export: the file, who has it open, and what is left when its process is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../src/data/export/records.ts";
import { openDuckDbTarget } from "../../../../src/data/export/targets/duckdb.ts";
import { describeOnDuckDb, message, withTarget } from "./database/on-databases.ts";

const { messages } = exportTables;
const none = new Map<string, string | null>();

/** A process that exports into the file until it is killed, and says each commit. */
function startWriter(file: string) {
  const script = join(import.meta.dirname, "fixtures/duckdb-writer.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async () => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { said: child.stdout, kill };
}

describeOnDuckDb((createFile) => {
  test("killed while it writes, the file has the rows that its state speaks of, and no others", async () => {
    const file = createFile();
    for (let round = 0; round < 4; round++) {
      const writer = startWriter(file);
      await once(writer.said, "data");
      // Another moment each time; what is judged holds at every one.
      await delay(round * 7);
      await writer.kill();
      await withTarget(await openDuckDbTarget({ file }), async (target) => {
        const count = Number(await target.readState("count"));
        expect(count).toBeGreaterThan(0);
        expect(await target.count(messages)).toBe(count);
      });
    }
  });

  test("while another process has it open it is refused, and once that has ended it is not", async () => {
    const file = createFile();
    const writer = startWriter(file);
    await once(writer.said, "data");
    await expect(openDuckDbTarget({ file })).rejects.toThrow(/cannot be exported into: another program has it open/);
    await writer.kill();
    await withTarget(await openDuckDbTarget({ file }), async () => {});
  });

  test("of two exports of one process the second is refused", async () => {
    const file = createFile();
    await withTarget(await openDuckDbTarget({ file }), () =>
      expect(openDuckDbTarget({ file })).rejects.toThrow(/another export of this process writes into it/),
    );
    await withTarget(await openDuckDbTarget({ file }), async () => {});
  });

  test.each([
    ["a text", "id,name\n1,Sara\n"],
    ["a SQLite file", "SQLite format 3\0 and what follows"],
    ["an empty file", ""],
  ])("%s is left as it is", async (_, content) => {
    const file = createFile();
    writeFileSync(file, content);
    await expect(openDuckDbTarget({ file })).rejects.toThrow(/it is no file of DuckDB, and was left as it is/);
    expect(readFileSync(file, "utf8")).toBe(content);
  });

  test("no link, no folder and no address of DuckDB's leads it elsewhere", async () => {
    const file = createFile();
    const link = `${file}-link`;
    symlinkSync(file, link);
    await expect(openDuckDbTarget({ file: link })).rejects.toThrow(/it is a symbolic link; name the file itself/);
    await expect(openDuckDbTarget({ file: dirname(file) })).rejects.toThrow(/it is not a regular file/);
    await expect(openDuckDbTarget({ file: join(file, "x") })).rejects.toThrow(/its folder is not there/);
    await expect(openDuckDbTarget({ file: "md:elsewhere/x" })).rejects.toThrow(/its folder is not there/);
  });

  test("the file is for its owner alone", async () => {
    const file = createFile();
    await withTarget(await openDuckDbTarget({ file }), async () => {});
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a zero byte of a message is kept", async () => {
    await withTarget(await openDuckDbTarget({ file: createFile() }), async (target) => {
      await target.commit([{ table: messages, rows: [message("msg_1", { content: "a\0b" })] }], none);
      expect(await target.read(messages, ["msg_1"])).toEqual([message("msg_1", { content: "a\0b" })]);
    });
  });
});
