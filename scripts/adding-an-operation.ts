/**
 * Follows docs/adding-an-operation.md, and nothing else, in a copy of the project, and runs all checks there: an operation
 * and an event are added by the steps of the page. `node scripts/adding-an-operation.ts [--tests PATTERN] [--node FILE] [-- …]`;
 * with a pattern only those tests are run, with a Node they run on that, and what follows `--` goes to jest. Exits with 1 and
 * says what failed.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { applyEdit, type Edit, readEdits } from "../testing/documents/edits.ts";

const root = join(import.meta.dirname, "..");
const page = "docs/adding-an-operation.md";

function run(folder: string, command: string, ...args: string[]): boolean {
  // A Node named by its path is the one that its children find, too.
  const bins = [...(isAbsolute(command) ? [dirname(command)] : []), join(folder, "node_modules/.bin")];
  const env = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) };
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
  for (const installed of [
    "node_modules",
    "test/hosts/node_modules",
    "test/clients/node_modules",
    "test/tools/node_modules",
  ]) {
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

function check(folder: string, node: string, jestArguments: string[]): string[] {
  const steps: [name: string, ...command: [string, ...string[]]][] = [
    ["lint", "npm", "run", "--silent", "lint"],
    ["types", "npm", "run", "--silent", "types"],
    ["unused", "npm", "run", "--silent", "unused"],
    ["tests", node, "scripts/test.ts", "--all", ...jestArguments],
  ];
  return steps.flatMap(([name, ...command]) => {
    run(folder, "git", "add", "--all");
    console.error(`\n== ${name}`);
    return run(folder, ...command) ? [] : [name];
  });
}

const { values, positionals } = parseArgs({
  options: { tests: { type: "string" }, node: { type: "string", default: process.execPath } },
  allowPositionals: true,
});
const jestArguments = [...(values.tests?.split(" ") ?? []), ...positionals];
const folder = mkdtempSync(join(tmpdir(), "onsync-adding-"));
try {
  copyProject(folder);
  for (const edit of readEdits(readFileSync(join(root, page), "utf8"))) follow(edit, folder);
  const failed = check(folder, values.node, jestArguments);
  console.error(failed.length === 0 ? `\n${page} adds what it says.` : `\n${page}: failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`${page}, ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
