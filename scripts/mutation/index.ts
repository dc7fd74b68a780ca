/**
 * Mutation testing: changes the code in thousands of small ways that are wrong, one at a time, and tells which of them no test
 * notices. Stryker's instrumenter writes the mutants; `suite.ts` says why its own runner does not run them.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempDisposableSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { areas } from "./areas.ts";
import { runBaseline } from "./baseline.ts";
import { keyOf, type Result, readReport, scoreOf, updateReport, writeReport } from "./report.ts";
import { listFiles, type Mutant, writeInstrumentedTree } from "./tree.ts";
import { createMutantTrials } from "./try-mutant.ts";
import { createWorker, type Worker } from "./worker-process.ts";

const root = join(import.meta.dirname, "../..");

type Options = {
  workers: number;
  /** The mutants of the run before; those that a test failed with then are not tried again. */
  again: boolean;
  /** Of an area at most, drawn by the seed. */
  sample: number;
  seed: string;
};

/** In an order that the seed alone decides: whatever comes first is a random sample. */
function shuffle(mutants: readonly Mutant[], seed: string): Mutant[] {
  const rank = ({ id }: Mutant) => createHash("sha256").update(`${seed} ${id}`).digest("hex");
  return mutants
    .map((mutant) => ({ mutant, at: rank(mutant) }))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
    .map(({ mutant }) => mutant);
}

const identify = ({ nth, ...mutant }: Mutant): string => `${keyOf(mutant)} ${nth}`;

/** The results of the run before, by mutant. */
function readResults(file: string): Map<string, Result> {
  const results: Result[] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return new Map(results.map((result) => [identify(result), result]));
}

/** @returns what was tried, and how many mutants there are */
async function runArea(
  name: string,
  { workers, again, sample, seed }: Options,
): Promise<{ results: Result[]; of: number }> {
  const area = areas[name];
  if (!area) refuseUsage(`--only ${name}: there is no such area; there are ${Object.keys(areas).join(", ")}`);
  const folder = join(root, "build/mutation", name);
  const [log, progress] = [join(folder, "workers.log"), join(folder, "results.jsonl")];
  using trees = mkdtempDisposableSync(join(tmpdir(), "onsync-mutation-"));
  const tree = join(realpathSync(trees.path), "tree");
  mkdirSync(folder, { recursive: true });
  const before = again ? readResults(progress) : undefined;
  const mutants = await writeInstrumentedTree(tree, area);
  const files = listFiles(tree, area.tests, area.leaveOut);
  console.log(`${name}: ${mutants.length} mutants; ${files.length} test files without one…`);
  writeFileSync(log, "");
  const mutated = [...new Set(mutants.map(({ file }) => file))];
  const processes = Array.from({ length: workers }, () => createWorker(tree, log, mutated));
  const baseline = await runBaseline(tree, files, processes, mutated);
  writeFileSync(progress, "");
  const results: Result[] = [];
  const left = before
    ? mutants.filter((mutant) => before.has(identify(mutant)))
    : shuffle(mutants, seed).slice(0, sample);
  // Whoever has waited long enough has a smaller sample.
  process.once("SIGINT", () => left.splice(0));
  const work = async (worker: Worker) => {
    const tryMutant = createMutantTrials(worker, baseline);
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      const known = before?.get(identify(mutant));
      const { status, by } = known?.status === "killed" ? known : await tryMutant(mutant);
      const result: Result = { ...mutant, status, ...(by !== undefined && { by }) };
      results.push(result);
      writeFileSync(progress, `${JSON.stringify(result)}\n`, { flag: "a" });
      if (results.length % 100 === 0) console.log(`${name}: ${results.length} tried`);
    }
    worker.end();
  };
  await Promise.all(processes.map(work));
  return { results: results.sort((one, other) => Number(one.id) - Number(other.id)), of: mutants.length };
}

const { values } = readOptions({
  options: {
    only: { type: "string", multiple: true },
    workers: { type: "string", default: "2" },
    again: { type: "boolean", default: false },
    sample: { type: "string", default: "Infinity" },
    seed: { type: "string", default: "1" },
  },
});
for (const name of values.only ?? Object.keys(areas)) {
  const { results, of } = await runArea(name, {
    workers: Number(values.workers),
    again: values.again,
    sample: Number(values.sample),
    seed: values.seed,
  });
  const report = updateReport(readReport(), name, results, { of, seed: values.seed });
  writeReport(report);
  for (const survivor of (report.survivors[name] ?? []).filter(({ why }) => !why)) {
    process.exitCode = 1;
    const { file, line } = results.find((result) => keyOf(result) === keyOf(survivor)) ?? { file: "", line: 0 };
    console.log(
      `${file}:${line}: ${survivor.original}\n  as ${survivor.replacement}: no test notices, and no reason is given`,
    );
  }
  const { all } = report.areas[name] ?? {};
  if (all) console.log(`${name}: ${scoreOf(all).toFixed(1)} % of ${all.mutants} noticed`);
}
