/** Which tests meet which mutants, and how long they take: each file once, without a mutant. */
import { relative } from "node:path";
import type { Answer, Worker } from "./worker-process.ts";

export type KnownTest = { file: string; test: number; title: string; ms: number };
export type Baseline = {
  /** By mutant: the tests that meet it, and its calls in one of them at most. */
  met: Map<string, { tests: KnownTest[]; hits: number }>;
  /** By module: the tests of all files that load it. */
  loadedBy: Map<string, KnownTest[]>;
  /** Mutants that act while their module loads. */
  acting: Set<string>;
};

function describeFailure(answer: Answer | "hung"): string | undefined {
  return answer === "hung" ? "it hangs" : answer.loadError;
}

/** @param mutated the files with mutants */
export async function runBaseline(
  tree: string,
  files: readonly string[],
  workers: readonly Worker[],
  mutated: string[],
): Promise<Baseline> {
  const met: Baseline["met"] = new Map();
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
    for (const path of answer.modules ?? []) {
      const module = relative(tree, path);
      loadedBy.set(module, [...(loadedBy.get(module) ?? []), ...passed]);
    }
    for (const [id, hits] of Object.entries(answer.hits.perTest)) {
      const itself = id === "hooks" ? passed : passed.filter(({ test }) => `${test}` === id);
      for (const [mutant, count] of Object.entries(hits)) {
        const known = met.get(mutant) ?? { tests: [], hits: 0 };
        met.set(mutant, {
          tests: [...new Set([...known.tests, ...itself])],
          hits: Math.max(known.hits, count),
        });
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
  return { met, loadedBy, acting };
}
