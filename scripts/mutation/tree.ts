/** A copy of the working tree in which the files of an area carry all their mutants, each behind a switch. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Area } from "./areas.ts";

type Position = { line: number; column: number };
type Instrumented = {
  files: { name: string; content: string }[];
  mutants: {
    id: string;
    fileName: string;
    mutatorName: string;
    replacement: string;
    location: { start: Position; end: Position };
  }[];
};
type Logger = Record<string, (...parameters: unknown[]) => unknown>;
type Instrumenter = new (
  logger: Logger,
) => {
  instrument(files: { name: string; content: string; mutate: true }[], options: object): Promise<Instrumented>;
};
export type Mutant = {
  id: string;
  file: string;
  line: number;
  mutator: string;
  original: string;
  replacement: string;
  /** How many like it come before it in the file. */
  nth: number;
};

const root = join(import.meta.dirname, "../..");
const tools = join(root, "test/mutation");

async function loadInstrumenter() {
  const entry = join(tools, "node_modules/@stryker-mutator/instrumenter/dist/src/index.js");
  if (!existsSync(entry)) {
    console.error("Installing Stryker's instrumenter into test/mutation…");
    const { status } = spawnSync("npm", ["ci", "--prefix", tools, "--ignore-scripts", "--no-audit", "--no-fund"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error(`npm ci in ${tools} failed: see above`);
  }
  const { Instrumenter } = (await import(pathToFileURL(entry).href)) as { Instrumenter: Instrumenter };
  const no = () => false;
  const silent = () => {};
  const { warn, error } = console;
  return new Instrumenter({
    isTraceEnabled: no,
    isDebugEnabled: no,
    trace: silent,
    debug: silent,
    info: silent,
    warn,
    error,
  });
}

/** The text between two positions, whose lines begin with 0. */
function cut(text: string, { start, end }: { start: Position; end: Position }): string {
  const lines = text.split("\n").slice(start.line, end.line + 1);
  lines.push((lines.pop() ?? "").slice(0, end.column));
  return lines.join("\n").slice(start.column);
}

function copyTree(tree: string): void {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of stdout.split("\0").filter((one) => one !== "" && existsSync(join(root, one)))) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(join(root, file), join(tree, file));
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
}

/** Each once, in order. */
export function listFiles(folder: string, patterns: string[], leaveOut: string[] = []): string[] {
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: folder }));
  return [...new Set(found.map((file) => file.replaceAll("\\", "/")))]
    .filter((file) => !leaveOut.includes(file))
    .sort();
}

/** @returns its mutants, in the order of the files */
export async function writeInstrumentedTree(tree: string, { mutate, leaveOut }: Area): Promise<Mutant[]> {
  copyTree(tree);
  const files = listFiles(root, mutate, leaveOut);
  const contents = new Map(files.map((name) => [name, readFileSync(join(root, name), "utf8")]));
  const instrumenter = await loadInstrumenter();
  const instrumented = await instrumenter.instrument(
    files.map((name) => ({ name, content: contents.get(name) ?? "", mutate: true })),
    { plugins: null, ignorers: [], excludedMutations: [] },
  );
  for (const { name, content } of instrumented.files) writeFileSync(join(tree, name), content);
  const counts = new Map<string, number>();
  return instrumented.mutants.map(({ id, fileName: file, mutatorName: mutator, replacement, location }) => {
    const original = cut(contents.get(file) ?? "", location);
    const key = JSON.stringify([file, mutator, original, replacement]);
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return { id, file, line: location.start.line + 1, mutator, original, replacement, nth };
  });
}
