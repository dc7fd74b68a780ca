/**
 * Our own share of the Zapier app's cold start: loading the unzipped build, alone and with the first step, beside what the
 * platform core takes alone.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Question, Scale, Table } from "../harness/question.ts";

const root = join(import.meta.dirname, "../..");
const zip = join(root, "build/zapier.zip");
const base = "the platform core";

type Load = { wall: number; cpu: number };

/** By the step that a start is for; `start`: for none. */
const starts = {
  start: "our app",
  delivery: "our app, and a delivery taken",
  save: "our app, and a contact saved",
};

/** What the platform takes, and what the app takes after it, in a fresh process. */
function measureLoad(cwd: string, step: string): [Load, Load] {
  return JSON.parse(execFileSync(process.execPath, ["start.mjs", step], { cwd, encoding: "utf8" })) as [Load, Load];
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
  copyFileSync(join(import.meta.dirname, "fixtures/start.mjs"), join(folder, "start.mjs"));
  const steps = Object.keys(starts) as (keyof typeof starts)[];
  const loads: Load[][] = [];
  // The first round warms the file cache.
  for (let round = -1; round < (isSmall ? 1 : 31); round++) {
    const runs = steps.map((step) => measureLoad(folder, step));
    if (round >= 0) loads.push([(runs[0] as [Load, Load])[0], ...runs.map(([, ours]) => ours)]);
  }
  const rows = [base, ...Object.values(starts)].map((name, index) => ({
    name,
    values: [
      loads.map((round) => (round[index] as Load).cpu),
      loads.map((round) => (round[index] as Load).wall),
      index === 1 ? [Math.ceil(statSync(zip).size / 1024)] : [],
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

A start loads the app's definition, which the zip has as data. A step's code is loaded when Zapier first calls the step, so the other
rows count that call, too: of a trigger that takes a delivery, for which no schema is made, and of an action that saves a contact,
where zod and the schemas that its input is checked by are most of it.`,
  measure,
};
