/** What runs the suite comes to its end, whatever the suite leaves behind; which tests it runs. */
import { spawn } from "node:child_process";
import { expect, test } from "@jest/globals";
import { readTiers, waitForEnd } from "../../scripts/test.ts";

function run(script: string) {
  return spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
}

test("a process that the suite has left behind, and that holds its output, is not waited for", async () => {
  const left = `spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "inherit", detached: true })`;
  const child = run(`const { spawn } = require("node:child_process");
    const left = ${left}; left.unref(); console.log(left.pid); process.exitCode = 3`);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  try {
    expect(await waitForEnd(child, 200)).toBe(3);
    expect(child.stdout.destroyed).toBe(true);
  } finally {
    process.kill(Number(printed), "SIGKILL");
  }
});

test("output that comes to its end with the process is there whole, and its exit code is the suite's", async () => {
  const child = run("process.stdout.write('x'.repeat(1_000_000)); process.exitCode = 2");
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => (length += chunk.length));
  expect([await waitForEnd(child), length]).toEqual([2, 1_000_000]);
});

test("a suite that was ended has failed", async () => {
  const child = run("setTimeout(() => {}, 60_000)");
  child.kill("SIGKILL");
  expect(await waitForEnd(child)).toBe(1);
});

test.each([
  ["the quick ones, where nothing is named", [], "quick", []],
  ["the quick ones, with jest's own options", ["-w", "1", "-t", "a title"], "quick", ["-w", "1", "-t", "a title"]],
  ["the slow ones", ["--slow", "-w", "1"], "slow", ["-w", "1"]],
  ["the slow ones of a folder", ["--slow", "test/docs"], "slow", ["test/docs"]],
  ["all of them", ["--all", "--json"], "all", ["--json"]],
  ["those of a folder, whichever they are", ["test/docs"], "all", ["test/docs"]],
  ["a file, whichever it is", ["./test/docs/parts.test.ts"], "all", ["./test/docs/parts.test.ts"]],
  ["a file by its name alone", ["parts.test.ts"], "all", ["parts.test.ts"]],
])("runs %s", (_which, args, tiers, rest) => {
  expect(readTiers(args)).toEqual({ tiers, rest });
});
