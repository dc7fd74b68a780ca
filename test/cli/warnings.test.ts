/** What Node itself warns of, where a command runs: on every Node alike, as Node 22 does it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");

/** Warns where SQLite is loaded, as Node 22 does, and of something else beside it. */
const likeNode22 = `
  import { registerHooks } from "node:module";
  const builtin = process.getBuiltinModule;
  const warn = (name) => {
    if (name !== "node:sqlite") return;
    process.emitWarning("SQLite is an experimental feature and might change at any time", "ExperimentalWarning");
    process.emitWarning("something else is experimental", "ExperimentalWarning");
  };
  process.getBuiltinModule = (name) => (warn(name), builtin(name));
  registerHooks({ resolve: (name, context, next) => (warn(name), next(name, context)) });
`;

const folder = mkdtempSync(join(tmpdir(), "onsync-warnings-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function stderrOf(script: string, args: readonly string[]): Promise<string> {
  const preload = `data:text/javascript,${encodeURIComponent(likeNode22)}`;
  const env = {
    ...process.env,
    ONSYNC_API_KEY: "onsync_pk_test_of_the_warnings",
    ONSYNC_BASE_URL: "http://127.0.0.1:9/v1",
  };
  const run = promisify(execFile)(process.execPath, ["--import", preload, join(root, script), ...args], { env });
  // The MCP server ends with its input.
  run.child.stdin?.end();
  return (await run).stderr;
}

test.each([
  ["cli/onsync.ts", ["mcp", "--ledger", join(folder, "onsync.db")]],
  ["cli/onsync-mcp.ts", ["--ledger", join(folder, "onsync-mcp.db")]],
])("%s loads SQLite without the warning that it is experimental, and shows every other", async (script, args) => {
  const stderr = await stderrOf(script, args);
  expect(stderr).not.toContain("SQLite");
  expect(stderr).toContain("something else is experimental");
});
