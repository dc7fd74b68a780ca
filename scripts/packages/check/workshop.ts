/** A folder outside the clone with the tarballs installed as a stranger would, and the programs that they are tried with. */
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../table.ts";

export type Workshop = {
  folder: string;
  /** A program of node_modules. */
  find(program: string): string;
  [Symbol.dispose](): void;
};

const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

/** Runs a program to its end. @throws Error with what it said */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...options, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${stdout}${stderr}`.trim() || message);
  }
}

/** @param tarballs of the packages */
export async function openWorkshop(tarballs: readonly string[]): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-packages-"));
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(root, "test/packages", file), join(folder, file));
  await run("npm", ["ci", ...quiet], { cwd: folder });
  await run("npm", ["install", "--no-save", "--no-package-lock", ...quiet, ...tarballs], { cwd: folder });
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
  return {
    folder,
    find: (program) => join(folder, "node_modules/.bin", program),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** The program of another Node, by its version: installed once, and kept in build/nodes. */
export async function findNode(version: string): Promise<string> {
  const folder = join(root, "build/nodes", version);
  const program = join(folder, "node_modules/node/bin/node");
  if (!existsSync(program))
    await run("npm", ["install", "--no-save", ...quiet, "--prefix", folder, `node@${version}`], { cwd: root });
  return program;
}
