/**
 * Uploads the zip that `npm run zapier:build` made and `scripts/zapier/check.ts` passed, that very file, as a private version:
 *
 *   npm run zapier:upload -- [--staging] [--dry-run]
 *
 * `zapier-platform push` would build another one. `zapier-platform upload` takes what lies in `build/` of the folder it runs
 * in, which is an empty one here but for the zip, the source beside it and the app's id.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runZapier } from "./account.ts";
import { type BuildName, findBuildFiles, hashFile, requireTested, writeRecord } from "./builds.ts";

function readAppId(file: string): unknown {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { id?: unknown }).id : undefined;
}

/** @throws Error where there is no app at Zapier for it, or the two builds would go to one app */
export function requireApp(root: string, name: BuildName): void {
  const { app } = findBuildFiles(root, name);
  const id = readAppId(app);
  const option = name === "staging" ? "--staging " : "";
  if (id === undefined) throw new Error(`no app to upload to: npm run zapier:account -- ${option}register "OnSync"`);
  const other = findBuildFiles(root, name === "public" ? "staging" : "public").app;
  if (id === readAppId(other)) throw new Error(`${app} and ${other} name one app: staging's build needs its own`);
}

/**
 * @param root of the clone
 * @returns a line that says what was done, or in a dry run would be
 * @throws Error with what to do first; nothing has left this machine then
 */
export async function upload(root: string, name: BuildName, dryRun: boolean): Promise<string> {
  const tested = requireTested(root, name);
  const { zip, sourceZip } = findBuildFiles(root, name);
  const what = `version ${tested.version} of the ${name} build, sha256 ${tested.sha256}`;
  if (dryRun) return `would upload ${what}`;
  requireApp(root, name);
  await runZapier(root, name, ["upload"], (folder) => {
    mkdirSync(join(folder, "build"));
    copyFileSync(zip, join(folder, "build", "build.zip"));
    copyFileSync(sourceZip, join(folder, "build", "source.zip"));
    if (hashFile(join(folder, "build", "build.zip")) !== tested.sha256) throw new Error(`${zip} changed meanwhile`);
  });
  writeRecord(root, name, "uploaded", tested);
  return `uploaded ${what}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { staging: { type: "boolean", default: false }, "dry-run": { type: "boolean", default: false } },
  });
  const root = join(import.meta.dirname, "../..");
  await upload(root, values.staging ? "staging" : "public", values["dry-run"]).then(console.log, (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
