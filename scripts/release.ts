/**
 * Makes a release of what is committed: `npm run release -- 1.2.0`. Checks first (`npm run check`, a clean tree on main, a
 * version above the last one, something under Unreleased in CHANGELOG.md), then writes the version where it stands, heads
 * the changelog with it, commits and tags. It pushes nothing: the last line says how.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const unreleased = "## [Unreleased]\n";

/** Whether the version, as `1.2.0`, comes after the other one. */
function isAfter(version: string, other: string): boolean {
  const numbers = other.split(".").map(Number);
  const [difference = 0] = version
    .split(".")
    .map((part, index) => Number(part) - (numbers[index] ?? 0))
    .filter(Boolean);
  return difference > 0;
}

/** The changelog with what was unreleased under a heading of its own. @throws Error where there is nothing */
function addRelease(changelog: string, version: string, date: string): string {
  const [before, after] = changelog.split(unreleased);
  if (before === undefined || after === undefined) throw new Error('CHANGELOG.md needs one heading "## [Unreleased]"');
  const news = after.split(/^## /m)[0]?.trim();
  if (!news) throw new Error("CHANGELOG.md says nothing under Unreleased: write there what users will notice");
  return `${before}${unreleased}\n## [${version}] - ${date}\n${after}`;
}

/** The text with the version in the place of the first `count` that stand behind `before`. */
function replaceVersion(text: string, before: string, from: string, to: string, count = 1): string {
  const parts = text.split(`${before}"${from}"`);
  if (parts.length <= count) throw new Error(`expected ${before}"${from}" ${count} times`);
  const changed = parts.slice(0, count + 1).join(`${before}"${to}"`);
  return [changed, ...parts.slice(count + 1)].join(`${before}"${from}"`);
}

/**
 * @param root of the clone
 * @param date as CHANGELOG.md writes it, `2026-01-31`
 * @throws Error with what to do first; nothing has changed then
 */
export function release(root: string, version: string, date: string): void {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  const { version: last } = JSON.parse(read("package.json")) as { version: string };

  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version))
    throw new Error(`"${version}" is no version: give one such as 1.2.0`);
  if (!isAfter(version, last)) throw new Error(`${version} does not come after ${last}, the version of package.json`);
  const branch = git("branch", "--show-current");
  if (branch !== "main") throw new Error(`releases are made on main, and this is ${branch || "no branch"}`);
  if (git("status", "--porcelain") !== "")
    throw new Error("commit or stash your changes first: the release is what is committed");
  if (git("tag", "--list", `v${version}`) !== "") throw new Error(`there is a tag v${version} already`);

  // All of it is worked out before anything is written.
  const files = {
    "package.json": replaceVersion(read("package.json"), '"version": ', last, version),
    // Of the lockfile itself, and of its first package, which is this one.
    "package-lock.json": replaceVersion(read("package-lock.json"), '"version": ', last, version, 2),
    "src/version.ts": replaceVersion(read("src/version.ts"), "version = ", last, version),
    "CHANGELOG.md": addRelease(read("CHANGELOG.md"), version, date),
  };
  execFileSync("npm", ["run", "check"], { cwd: root, stdio: "inherit" });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  git("commit", "--quiet", "--all", "--message", `Release ${version}`);
  git("tag", "--annotate", `v${version}`, "--message", `Release ${version}`);
}

if (import.meta.main) {
  const [version = ""] = process.argv.slice(2);
  try {
    release(join(import.meta.dirname, ".."), version, new Date().toISOString().slice(0, 10));
    console.log(`Committed and tagged v${version}. Publish it: git push --follow-tags`);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
