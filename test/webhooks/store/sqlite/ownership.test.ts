/** One receiver an event file: two that hand on from one would break the order. */
import { spawn } from "node:child_process";
import { linkSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { folder, newFile } from "./new-file.ts";

const enginePath = join(import.meta.dirname, "../../../../src/webhooks/store/sqlite/sqlite-store.ts");

function expectInUse(file: string): void {
  expect(() => openSqliteStore({ file })).toThrow("Another receiver works on the event file");
}

describe("an event file", () => {
  test("has one receiver; others may look and replay beside it", async () => {
    const file = newFile();
    const receiver = openSqliteStore({ file });
    expect(() => openSqliteStore({ file })).toThrow("Another receiver works on the event file");
    const beside = openSqliteStore({ file, claim: false });
    await receiver.accept(toIncoming(messageEvent("evt_1")));
    expect(await beside.stats()).toMatchObject({ waiting: 1 });
    const [taken] = await receiver.take(1);
    await receiver.bury(taken as NonNullable<typeof taken>, "no");
    expect(await beside.replay(["evt_1"])).toEqual(["evt_1"]);
    expect((await receiver.take(1)).map(({ id }) => id)).toEqual(["evt_1"]);
    await beside.close();
    await receiver.close();
    await openSqliteStore({ file }).close();
  });

  test("is the same file by whatever path it is named", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    const link = newFile();
    symlinkSync(file, link);
    expectInUse(link);
    expectInUse(relative(process.cwd(), file));
    expectInUse(join(folder, "..", basename(folder), basename(file)));
    await store.close();
    await openSqliteStore({ file: link }).close();
  });

  test("a file with a second name is refused: SQLite could lose what is written by two names", async () => {
    const file = newFile();
    await openSqliteStore({ file }).close();
    const other = newFile();
    linkSync(file, other);
    for (const name of [file, other]) expect(() => openSqliteStore({ file: name })).toThrow("a hard link");
  });

  test("keeps a second receiver out although the file of its lock was deleted", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    rmSync(`${file}-receiver`);
    expectInUse(file);
    await store.close();
  });

  test("keeps the receiver of another process out while that process lives", async () => {
    const file = newFile();
    await openSqliteStore({ file }).close();
    const script = `import { openSqliteStore } from ${JSON.stringify(pathToFileURL(enginePath).href)};
      openSqliteStore({ file: ${JSON.stringify(file)} }); console.log("open"); setInterval(() => {}, 1000);`;
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    rmSync(`${file}-receiver`);
    if (process.platform === "linux") expectInUse(file);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await exited;
    await openSqliteStore({ file }).close();
  });

  test("a receiver that lost its event file to another hands on nothing more and records no outcome", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    await store.accept(toIncoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.accept(toIncoming(messageEvent("evt_2", "b")));
    const beside = openSqliteStore({ file, claim: false });
    await beside.swapSetting("receiver", await beside.setting("receiver"), "another's claim");
    await expect(store.take(1)).rejects.toThrow("Another receiver has taken over");
    expect(await store.done(taken as NonNullable<typeof taken>)).toBe(false);
    expect(await store.accept(toIncoming(messageEvent("evt_3")))).toBe(true);
    expect(await beside.stats()).toMatchObject({ waiting: 3 });
    await beside.close();
    await store.close();
  });
});
