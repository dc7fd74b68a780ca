/**
 * Promotes a version of the public app at Zapier, for every new Zap:
 *
 *   npm run zapier:release -- 1.2.0 [--dry-run] [--yes]
 *
 * Only what was released here (`npm run release`), passes all checks, and is the very zip that was tested and uploaded. With
 * `--dry-run` everything is checked that needs no account, what is missing of one is said, and nothing reaches Zapier.
 * `--yes` answers the questions that Zapier's command asks.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run, runZapier } from "./account.ts";
import { readCommit, readRecord, requireTested } from "./builds.ts";
import { requireApp } from "./upload.ts";

/** What CHANGELOG.md says of the version. */
function readChanges(root: string, version: string): string {
  const sections = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const section = sections.find((each) => each.startsWith(`[${version}]`)) ?? "";
  return section.split("\n").slice(1).join("\n").trim();
}

/** @throws Error where what is checked out is not the release of that version */
function requireRelease(root: string, version: string): void {
  const { version: current } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  if (version !== current) throw new Error(`package.json has version ${current}: check out the release v${version}`);
  const tags = execFileSync("git", ["tag", "--points-at", "HEAD"], { cwd: root, encoding: "utf8" }).split("\n");
  if (!tags.includes(`v${version}`)) throw new Error(`this is not the release v${version}: git switch -d v${version}`);
  if (readChanges(root, version) === "")
    throw new Error(`CHANGELOG.md says nothing of ${version}: Zapier shows its users what changed`);
}

/** @throws Error where the zip is not the one that was made of what is checked out, and tested */
function requireZip(root: string): void {
  const { commit } = requireTested(root, "public");
  const current = readCommit(root);
  if (current.endsWith("-changed"))
    throw new Error("commit or stash your changes first: what is promoted is committed");
  if (commit !== current)
    throw new Error(`the zip was built from ${commit}, and this is ${current}: build and test it`);
}

/** @throws Error where no app is known, or its version is another zip than the tested one */
function requireUploaded(root: string): void {
  requireApp(root, "public");
  if (!readRecord(root, "public", "uploaded"))
    throw new Error("the zip that was tested is not the one that was uploaded last: npm run zapier:upload");
}

/**
 * @param root of the clone
 * @returns a line that says what was done, or in a dry run would be
 * @throws Error with what to do first; nothing was promoted then
 */
export async function promote(root: string, version: string, options: { dryRun?: boolean; yes?: boolean } = {}) {
  requireRelease(root, version);
  requireZip(root);
  let missing = "";
  try {
    requireUploaded(root);
  } catch (error) {
    if (!options.dryRun) throw error;
    missing = `; still missing: ${(error as Error).message}`;
  }
  await run("npm", ["run", "--silent", "check"], root);
  await run(join(root, "node_modules", ".bin", "zapier-platform"), ["validate", "--without-style"], root);
  // The checks took minutes, in which somebody may have built or changed something.
  requireRelease(root, version);
  requireZip(root);
  if (options.dryRun) return `would promote ${version}${missing}`;
  requireUploaded(root);
  await runZapier(root, "public", ["promote", version, ...(options.yes ? ["--yes"] : [])], (folder) =>
    copyFileSync(join(root, "CHANGELOG.md"), join(folder, "CHANGELOG.md")),
  );
  return `promoted ${version}`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "dry-run": { type: "boolean", default: false }, yes: { type: "boolean", default: false } },
  });
  const root = join(import.meta.dirname, "../..");
  const promoted = promote(root, positionals[0] ?? "", { dryRun: values["dry-run"], yes: values.yes });
  await promoted.then(console.log, (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
