/**
 * The tests of one file, run without jest in a process that stays: a mutant is switched on between two tests, and nothing is
 * loaded again for it. Jest loads all modules anew for each file, which takes a hundred times as long as most tests do.
 */
type Step = (...parameters: unknown[]) => unknown;
type Block = {
  parent?: Block;
  beforeAll: Step[];
  beforeEach: Step[];
  afterEach: Step[];
  afterAll: Step[];
};
type Test = { title: string; block: Block; body: Step };
export type TestFile = { tests: Test[] };
export type TestResult = { test: number; title: string; ms: number; error?: string };

type RunOptions = {
  /** Their numbers in the file; all where it is left out. */
  selected?: ReadonlySet<number>;
  limitMs: (test: number) => number;
  /** Before each step: whose it is, none for what is before and after all tests of a block. */
  onStep: (test: number | undefined, limitMs: number) => void;
};

const createBlock = (parent?: Block): Block => ({
  ...(parent && { parent }),
  beforeAll: [],
  beforeEach: [],
  afterEach: [],
  afterAll: [],
});

let current: { file: TestFile; block: Block } | undefined;

function getCurrent() {
  if (!current) throw new Error("Tests are declared while their file is loaded.");
  return current;
}

/** @param load imports the file, which declares its tests meanwhile */
export async function collectTests(load: () => Promise<unknown>): Promise<TestFile> {
  const file: TestFile = { tests: [] };
  current = { file, block: createBlock() };
  try {
    await load();
  } finally {
    current = undefined;
  }
  return file;
}

export function declareTest(title: string, body: Step): void {
  const { file, block } = getCurrent();
  file.tests.push({ title, block, body });
}

export function declareBlock(body: Step): void {
  const outer = getCurrent();
  current = { ...outer, block: createBlock(outer.block) };
  body();
  current = outer;
}

export function declareHook(kind: "beforeAll" | "beforeEach" | "afterEach" | "afterAll", step: Step): void {
  getCurrent().block[kind].push(step);
}

/** From the outermost. */
function listBlocks(block: Block | undefined): Block[] {
  return block ? [...listBlocks(block.parent), block] : [];
}

/** Counted in turns of the event loop: a process that waits for a core is not given fewer of them. */
const tickMs = 50;

async function runStep(step: Step, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<never>();
  let ticksLeft = Math.ceil(limitMs / tickMs);
  const timer = setInterval(() => {
    if (--ticksLeft <= 0) limit.reject(new Error(`time limit of ${limitMs} ms`));
  }, tickMs);
  try {
    await Promise.race([step(), limit.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** Tests in the order of the file; the first that fails ends it. */
export async function runTests({ tests }: TestFile, { selected, limitMs, onStep }: RunOptions): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const hookMs = 30_000;
  let open: Block[] = [];
  const leaveTo = async (blocks: Block[]) => {
    for (const block of open.filter((one) => !blocks.includes(one)).reverse()) {
      open = open.filter((one) => one !== block);
      onStep(undefined, hookMs);
      for (const step of block.afterAll.toReversed()) await runStep(step, hookMs);
    }
  };
  const runOne = async (index: number, { block, body }: Test) => {
    const blocks = listBlocks(block);
    await leaveTo(blocks);
    for (const entered of blocks.filter((one) => !open.includes(one))) {
      onStep(undefined, hookMs);
      open.push(entered);
      for (const step of entered.beforeAll) await runStep(step, hookMs);
    }
    const ms = limitMs(index);
    onStep(index, ms);
    try {
      for (const step of blocks.flatMap(({ beforeEach }) => beforeEach)) await runStep(step, ms);
      await runStep(body, ms);
    } finally {
      for (const step of blocks.toReversed().flatMap(({ afterEach }) => afterEach.toReversed()))
        await runStep(step, ms);
    }
  };
  for (const [index, test] of tests.entries()) {
    if (selected && !selected.has(index)) continue;
    const began = performance.now();
    let error: string | undefined;
    try {
      await runOne(index, test);
    } catch (thrown) {
      error = String(thrown instanceof Error ? thrown.message : thrown).slice(0, 300);
    }
    results.push({
      test: index,
      title: test.title,
      ms: performance.now() - began,
      ...(error !== undefined && { error }),
    });
    if (error !== undefined && selected) break;
  }
  try {
    await leaveTo([]);
  } catch (thrown) {
    const last = results.at(-1);
    if (last && last.error === undefined) last.error = `after all: ${String(thrown).slice(0, 300)}`;
  }
  return results;
}
