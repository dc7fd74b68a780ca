/** Our own share of the Zapier app's cold start: loading the unzipped build, beside what the platform core takes alone. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Question, Scale, Table } from "./harness/question.ts";

const root = join(import.meta.dirname, "..");
const zip = join(root, "build/zapier.zip");
const base = "the platform core";

type Load = { wall: number; cpu: number };

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
  console.log(JSON.stringify([platform, app]));
  process.exit(0);
`;

/** Milliseconds that the platform, and then the app, take to load in a fresh process. */
function measureLoad(cwd: string): [Load, Load] {
  const args = ["--input-type=module", "-e", script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" })) as [Load, Load];
}

function build(isSmall: boolean): void {
  if (isSmall && existsSync(zip)) return;
  const { status } = spawnSync("npm", ["run", "--silent", "zapier:build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("npm run zapier:build failed: see above.");
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  build(isSmall);
  execFileSync("unzip", ["-q", zip, "-d", folder]);
  measureLoad(folder); // Warms the file cache.
  const loads = Array.from({ length: isSmall ? 1 : 31 }, () => measureLoad(folder));
  const rows = [base, "our app"].map((name, index) => ({
    name,
    values: [
      loads.map((load) => (load[index] as Load).cpu),
      loads.map((load) => (load[index] as Load).wall),
      index === 0 ? [] : [Math.ceil(statSync(zip).size / 1024)],
    ],
    ...(index === 1 && { aim: { atMost: 0.065 } }),
  }));
  const measures = [{ name: "CPU ms", compared: true as const }, { name: "ms" }, { name: "zip, KB" }];
  return [{ what: "loaded", base, measures, rows }];
}

export const zapier: Question = {
  name: "zapier",
  title: "Our share of the Zapier app's cold start",
  about: `What loading the unzipped build takes once the platform core is loaded, beside what the platform takes alone: a fresh process a
run. The aim is 15 ms of 239.

What stands in the way, by the profile: a third of our share is the one file compiled and run, a tenth our own code in it, and most
of the rest zod making the schemas from which fields and samples are written. Less would mean writing fields and samples out when
the zip is built.`,
  measure,
};
