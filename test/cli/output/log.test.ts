import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { bareEnvironment } from "../../../testing/bare-environment.ts";

const log = join(import.meta.dirname, "../../../cli/output/log.ts");

/** What a process that logs so leaves on stderr, by the messages of its lines. */
function run(program: string): string[] {
  const source = `import { createLog } from ${JSON.stringify(log)};
    const log = createLog({}, "info", { collected: true });
    ${program}`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", source];
  const { stderr } = spawnSync(process.execPath, args, { env: bareEnvironment, encoding: "utf8" });
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
}

test("lines that are collected are all there, in order, when the process exits, or dies of an error", () => {
  expect(run('log.info("one"); log.warn("two"); process.exit(0)')).toEqual(["one", "two"]);
  expect(run('log.info("one"); setImmediate(() => { log.info("two"); throw new Error("no"); })')).toEqual([
    "one",
    "two",
  ]);
});

test("they are written in the turn they are logged in, and where there are many at once", () => {
  expect(run('log.info("one"); setTimeout(() => process.kill(process.pid, "SIGKILL"), 20)')).toEqual(["one"]);
  const many = 'for (let n = 0; n < 2000; n++) log.info("x".repeat(50)); process.kill(process.pid, "SIGKILL")';
  expect(run(many).length).toBeGreaterThan(1000);
});
