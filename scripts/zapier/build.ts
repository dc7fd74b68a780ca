/**
 * Builds what Zapier runs, offline: `build/zapier.zip`, or with `--staging` `build/zapier-staging.zip`, whose connection has
 * a field for the address. Nothing else is ever uploaded. Our part is bundled (`bundle.ts`); beside it lies nothing but the
 * platform core and what that needs. It is put together outside the project, since the platform's build packs whatever it
 * can reach: optional packages that only our tools have, and the package.json of everything installed.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findBuildFiles, hashFile, readCommit, writeRecord } from "./builds.ts";
import { bundleApp } from "./bundle.ts";
import { stripPackages } from "./strip.ts";

const root = join(import.meta.dirname, "../..");
const stage = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-")));
const { values } = parseArgs({ options: { staging: { type: "boolean", default: false } } });
const buildName = values.staging ? "staging" : "public";
const commit = readCommit(root);
const platform = "zapier-platform-core";

type Locked = { dependencies?: Record<string, string> };
const { packages }: { packages: Record<string, Locked> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);
const { name, version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Where Node finds a package from another one: the nearest node_modules on the way up. */
function locatePackage(wanted: string, from: string): string {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = at === "" ? `node_modules/${wanted}` : `${at}/node_modules/${wanted}`;
    if (packages[path]) return path;
    if (at === "") throw new Error(`package-lock.json has no ${wanted} for ${from}; run npm install`);
  }
}

/** The installed folders of a package and of all it depends on. */
function collectDependencies(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const wanted of Object.keys(packages[path]?.dependencies ?? {}))
    collectDependencies(locatePackage(wanted, path), found);
  return found;
}

await bundleApp(buildName, join(stage, "dist"));
const folders = [...collectDependencies(locatePackage(platform, ""))];
// A package inside another one comes along with it only where it is needed too.
for (const folder of folders)
  cpSync(join(root, folder), join(stage, folder), {
    recursive: true,
    filter: (source) => !source.slice(join(root, folder).length).includes("node_modules"),
  });
stripPackages(join(stage, "node_modules"));
writeFileSync(
  join(stage, "package.json"),
  `${JSON.stringify({ name, version, type: "module", exports: "./dist/index.js", dependencies: { [platform]: dependencies[platform] } }, null, 2)}\n`,
);
writeFileSync(join(stage, ".gitignore"), "node_modules\nbuild\n");

execFileSync(
  join(root, "node_modules", ".bin", "zapier-platform"),
  ["build", "--skip-validation", "--skip-dep-install"],
  {
    cwd: stage,
    stdio: ["ignore", "ignore", "inherit"],
  },
);
const { zip, sourceZip } = findBuildFiles(root, buildName);
mkdirSync(join(root, "build"), { recursive: true });
copyFileSync(join(stage, "build", "build.zip"), zip);
copyFileSync(join(stage, "build", "source.zip"), sourceZip);
rmSync(stage, { recursive: true });
writeRecord(root, buildName, "built", { sha256: hashFile(zip), version, commit });
console.log(`${zip}: ${Math.ceil(statSync(zip).size / 1024)} KB, ${folders.length} packages beside the app`);
