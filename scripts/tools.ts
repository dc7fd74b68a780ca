/** Programs that judge this project from outside (test/tools): installed by the first check that runs one. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../test/tools");

/**
 * @param path of the program below node_modules
 * @throws Error when they cannot be installed
 */
export function findTool(path: string): string {
  const program = join(folder, "node_modules", path);
  if (!existsSync(program)) {
    console.error("Installing what judges from outside into test/tools…");
    const { status } = spawnSync("npm", ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error(`npm ci in ${folder} failed: see above`);
  }
  return program;
}
