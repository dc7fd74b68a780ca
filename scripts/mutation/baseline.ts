/** Which tests meet which mutants, and how long they take: each file once, without a mutant. */
import { join } from "node:path";
import type { Mutant } from "./tree.ts";
import type { Answer, Worker } from "./worker-process.ts";

export type KnownTest = { file: string; test: number; title: string; ms: number };
/** By mutant: the tests that meet it. */
export type Baseline = Map<
  string,
  {
    tests: KnownTest[];
    /** Its calls in one test, at most. */
    hits: number;
    /** It acts while its module loads: the tests are all those of files that load it. */
    isStatic: boolean;
  }
>;

function describeFailure(answer: Answer | "hung"): string | undefined {
  return answer === "hung" ? "it hangs" : answer.loadError;
}

/** @param mutated the files with mutants */
export async function runBaseline(
  tree: string,
  files: readonly string[],
  workers: readonly Worker[],
  { mutants, mutated }: { mutants: readonly Mutant[]; mutated: string[] },
): Promise<Baseline> {
  const baseline: Baseline = new Map();
  const loadedBy = new Map<string, KnownTest[]>();
  const runOne = async (file: string, worker: Worker) => {
    const answer = await worker.run({ file });
    const failure = describeFailure(answer);
    if (failure !== undefined || answer === "hung")
      return console.error(`Left out: ${file}: ${failure?.slice(0, 400)}`);
    const passed: KnownTest[] = [];
    for (const { test, title, ms, error } of answer.results) {
      if (error === undefined) passed.push({ file, test, title, ms });
      else console.error(`Left out: ${file}: ${title}: ${error}`);
    }
    for (const module of answer.modules ?? []) loadedBy.set(module, [...(loadedBy.get(module) ?? []), ...passed]);
    for (const [id, hits] of Object.entries(answer.hits.perTest)) {
      const met = id === "hooks" ? passed : passed.filter(({ test }) => `${test}` === id);
      for (const [mutant, count] of Object.entries(hits)) {
        const known = baseline.get(mutant) ?? { tests: [], hits: 0, isStatic: false };
        const tests = [...new Set([...known.tests, ...met])];
        baseline.set(mutant, { ...known, tests, hits: Math.max(known.hits, count) });
      }
    }
  };
  const left = [...files];
  const work = async (worker: Worker) => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) await runOne(file, worker);
  };
  const loaded = await workers[0]?.run({ load: mutated });
  await Promise.all(workers.map(work));
  const acting = new Set(loaded && loaded !== "hung" ? Object.keys(loaded.hits.static) : []);
  for (const { id, file } of mutants)
    if (acting.has(id)) baseline.set(id, { tests: loadedBy.get(join(tree, file)) ?? [], hits: 0, isStatic: true });
  return baseline;
}
