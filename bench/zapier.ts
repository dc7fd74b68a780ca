/**
 * Our own share of the Zapier app's cold start: what loading the unzipped build takes once the platform core is loaded,
 * beside what the platform takes alone. A fresh process a run. Run `npm run zapier:build` first.
 *
 *   node bench/zapier.ts [--node PATH_OF_NODE_22] [--runs 31] [--against ANOTHER.zip]
 *
 * With another build's zip its runs take turns with ours, so that both meet the same machine.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable, median, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    runs: { type: "string", default: "31" },
    against: { type: "string" },
  },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-bench-")));
/** The builds to measure, ours first. */
const zips = [join(import.meta.dirname, "..", "build", "zapier.zip"), ...(values.against ? [values.against] : [])];

type Cost = { wall: number; cpu: number };
type Run = { platform: Cost; app: Cost };

/** Milliseconds of wall clock and of CPU that the platform, and then the app, take to load in a fresh process. */
function measureLoad(app: string): Run {
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

function toRow(name: string, unit: keyof Cost, runs: Run[]): string[] {
  const platform = runs.map((run) => run.platform[unit]);
  const ours = runs.map((run) => run.app[unit]);
  return [
    name,
    (median(ours) / median(platform)).toFixed(2),
    ...[median(ours), quantile(ours, 0), quantile(ours, 0.75), median(platform)].map((ms) => ms.toFixed(0)),
  ];
}

try {
  const apps = zips.map((zip, index) => {
    const app = join(folder, String(index));
    execFileSync("unzip", ["-q", zip, "-d", app]);
    measureLoad(app); // warms the file cache
    return { app, kilobytes: Math.ceil(statSync(zip).size / 1024), runs: [] as Run[] };
  });
  const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
  for (let run = 0; run < Number(values.runs); run++) for (const { app, runs } of apps) runs.push(measureLoad(app));
  const head = ["", "ours to the platform's", "ours, median ms", "least ms", "p75 ms", "platform, median ms"];
  for (const [index, { kilobytes, runs }] of apps.entries()) {
    console.log(`${index === 0 ? `Node ${version}, ${values.runs} runs` : `\n${zips[index]}`}, ${kilobytes} KB\n`);
    console.log(formatTable(head, [toRow("wall clock", "wall", runs), toRow("CPU", "cpu", runs)]));
  }
} finally {
  rmSync(folder, { recursive: true });
}
