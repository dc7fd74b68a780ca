/**
 * Follows docs/adding-an-operation.md, and nothing else, in a copy of the project, and runs all checks there: an operation
 * and an event are added by the steps of the page. `node scripts/adding-an-operation.ts [--tests PATTERN]`; with a pattern
 * only those tests are run. Exits with 1 and says what failed.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { applyEdit, type Edit, readEdits } from "../testing/documents/edits.ts";

const root = join(import.meta.dirname, "..");
const page = "docs/adding-an-operation.md";

function run(folder: string, command: string, ...args: string[]): boolean {
  const bin = join(folder, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  return spawnSync(command, args, { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

/** Every file of the project that is or could be committed; what was installed is shared. */
function copyProject(folder: string): void {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of stdout.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const installed of ["node_modules", "test/hosts/node_modules", "test/clients/node_modules"]) {
    if (existsSync(join(root, installed))) symlinkSync(join(root, installed), join(folder, installed));
  }
  // Checks ask git for the project's files.
  run(folder, "git", "init", "--quiet");
}

/** @throws Error that names the line of the page which cannot be followed */
function follow(edit: Edit, folder: string): void {
  if (edit.kind === "run") {
    if (!run(folder, "bash", "-euc", edit.commands)) throw new Error(`line ${edit.line}: the commands failed`);
    return;
  }
  const file = join(folder, edit.file);
  const text = applyEdit(edit, existsSync(file) ? readFileSync(file, "utf8") : undefined);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function check(folder: string, tests: string | undefined): string[] {
  const steps: [name: string, ...args: string[]][] = [
    ["lint", "run", "--silent", "lint"],
    ["types", "run", "--silent", "types"],
    ["unused", "run", "--silent", "unused"],
    ["tests", "test", "--silent", "--", ...(tests === undefined ? [] : tests.split(" "))],
  ];
  return steps.flatMap(([name, ...args]) => {
    run(folder, "git", "add", "--all");
    console.log(`\n== ${name}`);
    return run(folder, "npm", ...args) ? [] : [name];
  });
}

const { tests } = parseArgs({ options: { tests: { type: "string" } } }).values;
const folder = mkdtempSync(join(tmpdir(), "onsync-adding-"));
try {
  copyProject(folder);
  for (const edit of readEdits(readFileSync(join(root, page), "utf8"))) follow(edit, folder);
  const failed = check(folder, tests);
  console.log(failed.length === 0 ? `\n${page} adds what it says.` : `\n${page}: failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`${page}, ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
