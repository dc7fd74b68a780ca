/**
 * Our own share of the Zapier app's cold start: loading the unzipped build, minus loading the platform core alone, each
 * in a fresh process, interleaved. Run `npm run zapier:build` first.
 *
 *   node bench/zapier.ts [--node PATH_OF_NODE_22] [--runs 31]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, quantile, table } from "./measure.ts";

const { values } = parseArgs({
  options: { node: { type: "string", default: process.execPath }, runs: { type: "string", default: "31" } },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-bench-")));
const app = join(folder, "app");

/** Milliseconds of wall clock and of CPU that a dynamic import takes in a fresh process. */
const timed = (specifiers: readonly string[]): { wall: number; cpu: number } => {
  const script = `
    const specifiers = ${JSON.stringify(specifiers)};
    const wall = performance.now(); const cpu = process.cpuUsage();
    for (const specifier of specifiers) await import(specifier);
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ wall: performance.now() - wall, cpu: (user + system) / 1000 }));
    process.exit(0);
  `;
  return JSON.parse(
    execFileSync(values.node, ["--input-type=module", "-e", script], { cwd: app, encoding: "utf8" }),
  ) as { wall: number; cpu: number };
};

try {
  execFileSync("unzip", ["-q", join(import.meta.dirname, "..", "build", "zapier.zip"), "-d", app]);
  const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
  const platform: { wall: number; cpu: number }[] = [];
  const whole: { wall: number; cpu: number }[] = [];
  for (let run = -1; run < Number(values.runs); run++) {
    const one = timed(["zapier-platform-core"]);
    const both = timed(["zapier-platform-core", "onsync-automation"]);
    if (run < 0) continue; // the first round warms the file cache
    platform.push(one);
    whole.push(both);
  }
  const row = (name: string, unit: "wall" | "cpu") => {
    const [alone, all] = [platform, whole].map((runs) => runs.map((each) => each[unit])) as [number[], number[]];
    const share = all.map((value, run) => value - (alone[run] as number));
    return [
      name,
      (median(all) / median(alone)).toFixed(2),
      median(share).toFixed(0),
      quantile(share, 0.25).toFixed(0),
      quantile(share, 0.75).toFixed(0),
      median(alone).toFixed(0),
      median(all).toFixed(0),
    ];
  };
  console.log(`Node ${version}, ${values.runs} interleaved runs\n`);
  const head = [
    "",
    "ratio to the platform alone",
    "our share ms",
    "p25",
    "p75",
    "platform alone ms",
    "with the app ms",
  ];
  console.log(table(head, [row("wall clock", "wall"), row("CPU", "cpu")]));
} finally {
  rmSync(folder, { recursive: true });
}
