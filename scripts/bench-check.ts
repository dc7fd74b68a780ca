/**
 * Runs every benchmark as docs/benchmarks.md has it, with figures so small that it takes seconds: the commands work, and
 * each gives a whole table. It measures nothing worth keeping.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readSteps } from "../testing/documents/fences.ts";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
const minute = 60_000;

/** What is added to the benchmark of that name. */
const smallOptions: Record<string, string> = {
  "bench:client": "--calls 200 --rounds 1 --processes 1",
  "bench:reference": "--rows 2000 --samples 50",
  "bench:reference-http": "--requests 50 --rounds 1",
  "bench:zapier": "--runs 1",
  "bench:events": "--seconds 0.2 --backlog 2000",
  "bench:import": "--rows 2000",
  "bench:export": "--rows 2000",
  "bench:agent": "--tasks 1",
  "bench:mcp": "--runs 1",
  "bench:mcp-http": "--seconds 0.3 --rounds 1",
};

const steps = readSteps(readFileSync(join(root, "docs/benchmarks.md"), "utf8"));
const names = steps.map(({ commands }) => /\bnpm run (bench:\S+)$/.exec(commands)?.[1] ?? commands);
const differing = [...new Set([...names, ...Object.keys(smallOptions)])].filter(
  (name) => !names.includes(name) || !smallOptions[name],
);
if (differing.length > 0)
  throw new Error(`docs/benchmarks.md and scripts/bench-check.ts differ in: ${differing.join(", ")}`);

let failed = 0;
for (const [index, { commands, line }] of steps.entries()) {
  const command = `${commands} -- ${smallOptions[names[index] as string]}`;
  try {
    const { stdout } = await run("bash", ["-euo", "pipefail", "-c", command], { cwd: root, timeout: 10 * minute });
    const rows = stdout.split("\n").filter((row) => row.startsWith("| "));
    // A head, its rule, and something measured.
    if (rows.length < 3 || /NaN|undefined|Infinity/.test(rows.join())) throw new Error(`no whole table:\n${stdout}`);
    console.log(`ok   ${command}: ${rows.length} rows`);
  } catch (error) {
    failed++;
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    console.error(`FAILED docs/benchmarks.md:${line}: ${command}\n${message}\n${stdout}${stderr}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
