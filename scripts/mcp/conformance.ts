/**
 * The official MCP conformance suite, revisions 2025-11-25 and 2026-07-28, over HTTP: `node scripts/mcp/conformance.ts`. The
 * real server must pass all but the scenarios of its baselines (they call tools, resources and prompts of the suite's own, or
 * services we do not offer); the suite's fixtures on our HTTP stack must pass every one. Exits with 1 otherwise.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findTool } from "../tools.ts";

const root = join(import.meta.dirname, "../..");
const entries = join(root, "test/mcp/conformance");
const suite = findTool("@modelcontextprotocol/conformance/dist/index.js");

type Run = { code: number; output: string };

/** Runs the whole suite of a revision against a server entry. */
async function runSuite(entry: string, revision: string, args: readonly string[], folder: string): Promise<Run> {
  const child = spawn(process.execPath, [join(entries, entry)], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [suite, "server", "--url", url, "--suite", "all", "--spec-version", revision, ...args],
        // It writes its results into the folder it runs in.
        { cwd: folder, maxBuffer: 2 ** 26, timeout: 120_000 },
        (error, stdout, stderr) => {
          const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
          resolve({ code, output: stdout + stderr });
        },
      );
    });
  } finally {
    child.kill();
  }
}

/** The suite's own lines about each scenario, and its total. */
function readSummary(output: string): string {
  return output.slice(Math.max(output.lastIndexOf("=== SUMMARY ==="), 0)).trim();
}

const folder = mkdtempSync(join(tmpdir(), "onsync-conformance-"));
try {
  for (const [revision, fixtures] of [
    ["2025-11-25", "sessions.ts"],
    ["2026-07-28", "modern.ts"],
  ] as const) {
    const baseline = ["--expected-failures", join(entries, `baseline-${revision}.yml`)];
    for (const [what, entry, args] of [
      ["the real server, with its baseline", "onsync.ts", baseline],
      ["the suite's fixtures on our HTTP stack", fixtures, []],
    ] as const) {
      const { code, output } = await runSuite(entry, revision, args, folder);
      const summary = code === 0 ? readSummary(output) : output;
      console.log(`${code === 0 ? "ok" : "NOT OK"}: ${what}, revision ${revision}\n${summary}\n`);
      if (code !== 0) process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
