/**
 * Our own share of the Zapier app's cold start: what loading the unzipped build takes once the platform core is loaded,
 * beside what the platform takes alone. A fresh process a run. Run `npm run zapier:build` first.
 *
 *   node bench/zapier.ts [--node PATH_OF_NODE_22] [--runs 31]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable, median, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: { node: { type: "string", default: process.execPath }, runs: { type: "string", default: "31" } },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-bench-")));
const app = join(folder, "app");

type Cost = { wall: number; cpu: number };
type Run = { platform: Cost; app: Cost };

/** Milliseconds of wall clock and of CPU that the platform, and then the app, take to load in a fresh process. */
function measureLoad(): Run {
  const script = `
    const timed = async (specifier) => {
      const wall = performance.now();
      const cpu = process.cpuUsage();
      await import(specifier);
      const { user, system } = process.cpuUsage(cpu);
      return { wall: performance.now() - wall, cpu: (user + system) / 1000 };
    };
    const platform = await timed("zapier-platform-core");
    const app = await timed("onsync-automation");
    console.log(JSON.stringify({ platform, app }));
    process.exit(0);
  `;
  const args = ["--input-type=module", "-e", script];
  return JSON.parse(execFileSync(values.node, args, { cwd: app, encoding: "utf8" })) as Run;
}

try {
  execFileSync("unzip", ["-q", join(import.meta.dirname, "..", "build", "zapier.zip"), "-d", app]);
  const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
  measureLoad(); // warms the file cache
  const runs = Array.from({ length: Number(values.runs) }, measureLoad);
  const row = (name: string, unit: keyof Cost) => {
    const platform = runs.map((run) => run.platform[unit]);
    const ours = runs.map((run) => run.app[unit]);
    return [
      name,
      (median(ours) / median(platform)).toFixed(2),
      ...[median(ours), quantile(ours, 0), quantile(ours, 0.75), median(platform)].map((ms) => ms.toFixed(0)),
    ];
  };
  console.log(`Node ${version}, ${values.runs} runs\n`);
  const head = ["", "ours to the platform's", "ours, median ms", "least ms", "p75 ms", "platform, median ms"];
  console.log(formatTable(head, [row("wall clock", "wall"), row("CPU", "cpu")]));
} finally {
  rmSync(folder, { recursive: true });
}
