/**
 * Makes a site of docs/ in build/site, with a search of its own, and checks it: every link and anchor is there, and nothing is
 * loaded from elsewhere. The generator is installed in scripts/docs/site when this runs for the first time.
 *
 *   npm run docs                 build and check
 *   npm run docs -- --serve      the same, then serve it at http://127.0.0.1:4040/
 *   npm run docs -- --serve --port 5000
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkSite } from "./site-check.ts";

const { values } = parseArgs({
  options: { serve: { type: "boolean", default: false }, port: { type: "string", default: "4040" } },
});
const root = join(import.meta.dirname, "../..");
const site = join(import.meta.dirname, "site");
const generator = join(site, "node_modules/vitepress/bin/vitepress.js");

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(generator)) run("npm", ["ci", "--prefix", site, "--no-audit", "--no-fund", "--loglevel", "error"]);
run(process.execPath, [generator, "build", site]);
const problems = checkSite(join(root, "build/site"));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("The site is in build/site; open it with npm run docs -- --serve.");
if (values.serve) run(process.execPath, [generator, "preview", site, "--host", "127.0.0.1", "--port", values.port]);
