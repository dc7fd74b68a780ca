/** Whether some test fails with a mutant. A failure counts where the same test passes without it, in the same process. */
import type { Baseline, KnownTest } from "./baseline.ts";
import type { Mutant } from "./tree.ts";
import type { Worker } from "./worker-process.ts";

export type Verdict = { status: "killed" | "timeout" | "survived" | "uncovered"; by?: string };
type Trial = { mutant?: string; anew: boolean; maxHits?: number };
type Failure = { test: KnownTest | undefined; file: string; error: string; timeout: boolean };

/** Nothing is worked out in as many steps while modules load. */
const maxHitsAnew = 5_000_000;
/** As many as there are processes, as a rule. */
const maxTestsOfKept = 2;
/** Of a test that took long to begin with, as long again ten times. */
const limitOf = ({ ms }: KnownTest) => Math.ceil(10_000 + 10 * ms);
const nameOf = ({ file, title, test }: KnownTest) => `${file} › ${title} (${test})`;

/** Those that killed the mutants before come first, then the quickest files. */
function orderGroups(tests: KnownTest[], killers: string[]): KnownTest[][] {
  const first = tests.filter((test) => killers.includes(nameOf(test)));
  const rest = Map.groupBy(
    tests.filter((test) => !first.includes(test)),
    ({ file }) => file,
  );
  const sum = (group: KnownTest[]) => group.reduce((total, { ms }) => total + ms, 0);
  return [...Map.groupBy(first, ({ file }) => file).values(), ...[...rest.values()].sort((a, b) => sum(a) - sum(b))];
}

async function runGroup(
  worker: Worker,
  group: KnownTest[],
  { mutant, anew, maxHits }: Trial,
): Promise<Failure | undefined> {
  const file = group[0]?.file ?? "";
  const answer = await worker.run({
    file,
    tests: group.map(({ test }) => test),
    limitsMs: Object.fromEntries(group.map((test) => [test.test, limitOf(test)])),
    ...(mutant !== undefined && { mutant }),
    ...(maxHits !== undefined && { maxHits }),
    anew,
  });
  if (answer === "hung") return { file, test: undefined, error: "hung", timeout: true };
  if (answer.loadError !== undefined) return { file, test: undefined, error: answer.loadError, timeout: false };
  const failed = answer.results.find(({ error }) => error !== undefined);
  if (answer.endless) return { file, test: undefined, error: "endless loop", timeout: true };
  if (failed?.error === undefined) return undefined;
  return {
    file,
    test: group.find(({ test }) => test === failed.test),
    error: failed.error,
    timeout: failed.error.startsWith("time limit"),
  };
}

export function createMutantTrials(worker: Worker, { met, loadedBy, acting }: Baseline) {
  const killersOf = new Map<string, string[]>();

  /** Whether a failure is the mutant's: the same tests pass without it, and where time was up it is up again. */
  async function confirm(group: KnownTest[], failure: Failure, trial: Trial): Promise<boolean> {
    const control = failure.test ? [failure.test] : group;
    const isSudden = failure.timeout || failure.error.startsWith("uncaught");
    if (isSudden) worker.startAnew();
    if (!(await runGroup(worker, control, { anew: trial.anew })))
      return !isSudden || (await runGroup(worker, control, trial)) !== undefined;
    worker.startAnew();
    if (!(await runGroup(worker, control, trial))) return false;
    worker.startAnew();
    return !(await runGroup(worker, control, { anew: trial.anew }));
  }

  async function findKiller(tests: KnownTest[], file: string, trial: Trial): Promise<Verdict | undefined> {
    const killers = killersOf.get(file) ?? [];
    for (const group of orderGroups(tests, killers)) {
      const failure = await runGroup(worker, group, trial);
      if (!failure || !(await confirm(group, failure, trial))) continue;
      const by = failure.test ? nameOf(failure.test) : failure.file;
      killersOf.set(file, [by, ...killers.filter((one) => one !== by)].slice(0, 8));
      return { status: failure.timeout ? "timeout" : "killed", by: `${by}: ${failure.error.slice(0, 120)}` };
    }
    return undefined;
  }

  return async ({ id, file }: Mutant): Promise<Verdict> => {
    const { tests, hits } = met.get(id) ?? { tests: [], hits: 0 };
    const loading = loadedBy.get(file) ?? [];
    if (!acting.has(id)) {
      if (tests.length === 0) return { status: "uncovered" };
      const killed = await findKiller(tests, file, { mutant: id, anew: false, maxHits: 1_000 + 20 * hits });
      if (killed) return killed;
    }
    // What is worked out once and kept is met by the first test of a process alone, and acts on those after it.
    if (!acting.has(id) && tests.length > maxTestsOfKept) return { status: "survived" };
    return (
      (await findKiller(loading, file, { mutant: id, anew: true, maxHits: maxHitsAnew })) ?? { status: "survived" }
    );
  };
}
