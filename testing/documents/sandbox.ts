/**
 * Where the commands of documents are run: a copy of the project with what `npm ci` builds, with a terminal that has no
 * key, no address and no tool of whoever runs the suite. What a document has on fixed ports takes free ones.
 */
import { execFile } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { openTerminal, type Terminal } from "./terminal.ts";

const root = join(import.meta.dirname, "../..");

export type Sandbox = {
  /** The copy of the project. */
  folder: string;
  open(document: string): Promise<Terminal>;
  remove(): void;
};

const left = new Set(["node_modules", ".git", "dist", "build", "coverage"]);

/** Not part of a clone, far too large for a copy, or made and removed by another test meanwhile. */
function isLeftOut(name: string): boolean {
  return left.has(name) || name.startsWith(".library-");
}

/**
 * Stands before the machine's own in PATH. `npx -y onsync-mcp` would ask npm for a package: here it is the one that was
 * built. Claude Code is installed where ONSYNC_CLAUDE names it; elsewhere something that does as it would stands in.
 */
function writeCommands(bin: string, project: string, npx: string): void {
  const write = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\nset -euo pipefail\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  write(
    "npx",
    `if [ "$1 \${2-}" = "-y onsync-mcp" ]; then exec '${process.execPath}' '${project}/dist/bin/onsync-mcp.cjs' "\${@:3}"; fi
if [ "$1" = "-y" ]; then echo "npx -y $2 would be taken from npm" >&2; exit 1; fi
exec '${npx}' "$@"`,
  );
  write("claude", `exec '${process.execPath}' '${join(import.meta.dirname, "fixtures/claude.ts")}' "$@"`);
}

const execute = promisify(execFile);

export async function createSandbox(): Promise<Sandbox> {
  const around = mkdtempSync(join(tmpdir(), "onsync-documents-"));
  const folder = join(around, "project");
  const bin = join(around, "bin");
  const home = join(around, "home");
  for (const each of [bin, home]) mkdirSync(each);
  cpSync(root, folder, { recursive: true, filter: (path) => !isLeftOut(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

  // The machine's own commands: a reader's terminal has not the project's in its PATH.
  const path = (process.env.PATH ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  const npx = path.map((each) => join(each, "npx")).find(existsSync);
  if (!npx) throw new Error("There is no npx in PATH: install Node with npm.");
  writeCommands(bin, folder, npx);
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ONSYNC|npm)_/i.test(name))),
    ...(process.env.ONSYNC_CLAUDE ? { ONSYNC_CLAUDE: process.env.ONSYNC_CLAUDE } : {}),
    PATH: [bin, ...path].join(delimiter),
    HOME: home,
    TMPDIR: around,
    NO_UPDATE_NOTIFIER: "1",
    npm_config_update_notifier: "false",
  };
  // `npm ci` has types checked and written, too: no command of a document reads them.
  await execute("npm", ["run", "--silent", "build", "--", "--javascript-only"], { cwd: folder, env: environment });

  return {
    folder,
    open: (document) => openTerminal(document, { folder, around, environment }),
    remove: () => rmSync(around, { recursive: true, force: true }),
  };
}
