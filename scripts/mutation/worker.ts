/** A process that runs tests of the instrumented tree, its working directory, with one mutant switched on or none. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listModules, registerModules } from "./modules.ts";
import { collectTests, runTests, type TestFile, type TestResult } from "./suite.ts";

export type Request =
  /** Loads modules, and tells which mutants act while they load. */
  | { load: string[] }
  | {
      file: string;
      /** All where it is left out; then none is left out after one that fails, either. */
      tests?: number[];
      /** How long each may take. */
      limitsMs?: Record<number, number>;
      mutant?: string;
      /** It acts while modules load: they are loaded anew. */
      anew?: boolean;
      /** More calls than that are an endless loop. */
      maxHits?: number;
    };
export type Hits = Record<string, number>;
export type Reply =
  | { kind: "step"; limitMs: number }
  | {
      kind: "end";
      results: TestResult[];
      loadError?: string;
      endless?: boolean;
      hits: { static: Hits; perTest: Record<string, Hits> };
      /** Of the tree, that the file has loaded. */
      modules?: string[];
    };
type RunRequest = Extract<Request, { file: string }>;

/** The instrumented code keeps the object that it finds first. */
const coverage: { static: Hits; perTest: Record<string, Hits> } = { static: {}, perTest: {} };
const switches: {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage: typeof coverage;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
} = { mutantCoverage: coverage };
Object.assign(globalThis, { __stryker__: switches });
const tree = process.cwd();
const reply = (message: Reply) => process.send?.(message);

let failure: string | undefined;
process.on("uncaughtException", (error) => {
  failure ??= `uncaught: ${error instanceof Error ? error.message : String(error)}`;
});
process.on("disconnect", () => process.exit());
registerModules(tree);

const loaded = new Map<string, TestFile>();
let anewCount = 0;

async function loadFile(file: string, anew: boolean): Promise<TestFile> {
  const known = loaded.get(file);
  if (known && !anew) return known;
  const url = pathToFileURL(join(tree, file));
  if (anew) url.searchParams.set("anew", `${++anewCount}`);
  else url.searchParams.set("file", `${loaded.size}`);
  const tests = await collectTests(() => import(url.href));
  if (!anew) loaded.set(file, tests);
  return tests;
}

function setMutant(mutant: string | undefined, maxHits: number | undefined): void {
  switches.activeMutant = mutant;
  switches.hitCount = maxHits === undefined ? undefined : 0;
  switches.hitLimit = maxHits;
  // For the processes that tests start.
  if (mutant === undefined) delete process.env.__STRYKER_ACTIVE_MUTANT__;
  else process.env.__STRYKER_ACTIVE_MUTANT__ = mutant;
}

async function load(files: string[]): Promise<void> {
  Object.assign(coverage, { static: {}, perTest: {} });
  for (const file of files) await import(pathToFileURL(join(tree, file)).href);
  reply({ kind: "end", results: [], hits: coverage });
}

async function runFile({ file, tests, limitsMs, mutant, anew = false, maxHits }: RunRequest): Promise<void> {
  failure = undefined;
  Object.assign(coverage, { static: {}, perTest: {} });
  let results: TestResult[] = [];
  let loadError: string | undefined;
  setMutant(...(anew ? ([mutant, maxHits] as const) : ([undefined, undefined] as const)));
  reply({ kind: "step", limitMs: 30_000 });
  try {
    const testFile = await loadFile(file, anew);
    setMutant(mutant, maxHits);
    results = await runTests(testFile, {
      ...(tests && { selected: new Set(tests) }),
      limitMs: (test) => limitsMs?.[test] ?? 30_000,
      onStep: (test, limitMs) => {
        switches.currentTestId = test === undefined ? "hooks" : `${test}`;
        reply({ kind: "step", limitMs });
      },
    });
  } catch (error) {
    loadError = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  switches.currentTestId = undefined;
  const endless = maxHits !== undefined && (switches.hitCount ?? 0) > maxHits;
  setMutant(undefined, undefined);
  // What was thrown with nobody to catch it is told once the tests have ended.
  await new Promise((resolve) => setImmediate(resolve));
  const last = results.at(-1);
  if (failure !== undefined && last && last.error === undefined) last.error = failure;
  reply({
    kind: "end",
    results,
    hits: tests ? { static: {}, perTest: {} } : coverage,
    ...(loadError !== undefined && { loadError }),
    ...(endless && { endless }),
    ...(!tests && { modules: [...listModules(join(tree, file))] }),
  });
}

process.on("message", (request: Request) => void ("load" in request ? load(request.load) : runFile(request)));
