/** How the commands of this repository are called wrongly, and what they say then. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";

const folder = mkdtempSync(join(tmpdir(), "onsync-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(folder, "script.mjs");
writeFileSync(
  script,
  `/**
 * Counts.
 *
 *   npm run count -- --to 10
 */
import { readOptions, refuseUsage } from ${JSON.stringify(join(import.meta.dirname, "../../../testing/commands/options.ts"))};
const { values } = readOptions({ options: { to: { type: "string" } } });
if (!(Number(values.to) > 0)) refuseUsage("--to: give a number, such as 10.");
console.log(values.to);
`,
);

test.each([
  [["--to", "3"], { status: 0, stdout: "3\n", stderr: "" }],
  [["--help"], { status: 0, stdout: "Counts.\n\n  npm run count -- --to 10\n", stderr: "" }],
  [["--too", "3"], { status: 2, stdout: "", stderr: "error: Unknown option '--too'. --help says what there is.\n" }],
  [["--to", "x"], { status: 2, stdout: "", stderr: "error: --to: give a number, such as 10.\n" }],
])("called with %j it ends with what is right or wrong in words alone", (args, ended) => {
  const run = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    encoding: "utf8",
  });
  expect({ status: run.status, stdout: run.stdout, stderr: run.stderr }).toEqual(ended);
});
