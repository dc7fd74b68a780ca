/** What a test file changes of the process that it shares is put back after it; what the slow tier lists is there. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");

function importJest(name: string) {
  return import(join(root, "testing/jest", name));
}

async function openFile() {
  const { default: SharedGlobals } = await importJest("shared-globals.js");
  return new SharedGlobals({ projectConfig: {}, globalConfig: {} }, { docblockPragmas: {} });
}

test("the environment, the folder and the exit code are what they were before the file", async () => {
  const { env, exitCode } = process;
  const folder = process.cwd();
  env.ONSYNC_LEFT_AS_IT_IS = "before";
  env.ONSYNC_REMOVED = "before";
  const file = await openFile();
  env.ONSYNC_LEFT_AS_IT_IS = "after";
  env.ONSYNC_ADDED = "after";
  delete env.ONSYNC_REMOVED;
  process.chdir(tmpdir());
  process.exitCode = 7;
  await file.teardown();
  expect([env.ONSYNC_LEFT_AS_IT_IS, env.ONSYNC_REMOVED, env.ONSYNC_ADDED]).toEqual(["before", "before", undefined]);
  expect([process.cwd(), process.exitCode]).toEqual([folder, exitCode]);
  delete env.ONSYNC_LEFT_AS_IT_IS;
  delete env.ONSYNC_REMOVED;
});

test("whoever listened to the process before the file does so after it, and nobody else", async () => {
  const before = () => {};
  process.on("SIGUSR2", before);
  const file = await openFile();
  process.on("SIGUSR2", () => {});
  process.once("SIGWINCH", () => {});
  await file.teardown();
  expect([process.listeners("SIGUSR2"), process.listeners("SIGWINCH")]).toEqual([[before], []]);
  process.removeListener("SIGUSR2", before);
});

test("globals that it replaced, added or mocked are Node's own again", async () => {
  const { fetch } = globalThis;
  const { now } = Date;
  const file = await openFile();
  globalThis.fetch = async () => new Response();
  Object.assign(globalThis, { somethingOfTheFile: true });
  file.jest.spyOn(Date, "now").mockReturnValue(0);
  file.jest.setTimeout(1);
  await file.teardown();
  expect([globalThis.fetch, Date.now, "somethingOfTheFile" in globalThis]).toEqual([fetch, now, false]);
  expect(Reflect.get(globalThis, Symbol.for("TEST_TIMEOUT_SYMBOL"))).toBeUndefined();
});

test("timers that it had stand still go on", async () => {
  const { setTimeout, Date: date } = globalThis;
  const file = await openFile();
  file.jest.useFakeTimers();
  expect(globalThis.setTimeout).not.toBe(setTimeout);
  await file.teardown();
  expect([globalThis.setTimeout, globalThis.Date]).toEqual([setTimeout, date]);
});

test("files share the modules of what is tested, and none of what tests are made of", () => {
  expect(import.meta.resolve("../../src/client/index.ts")).toMatch(/index\.ts$/);
  expect(import.meta.resolve("../../testing/scripted.ts")).toMatch(/scripted\.ts\?file=\d+$/);
  expect(import.meta.resolve("../reference/folders.ts")).toMatch(/folders\.ts\?file=\d+$/);
});

test("every file of the slow tier is there", async () => {
  const { slowTests } = await importJest("slow-tests.js");
  expect(slowTests.filter((path: string) => !existsSync(join(root, path)))).toEqual([]);
});
