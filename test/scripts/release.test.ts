/** A release, in a copy of what it changes. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { release } from "../../scripts/release.ts";

const root = join(import.meta.dirname, "../..");
const files = ["package.json", "package-lock.json", "src/version.ts", "CHANGELOG.md"];

let copy: string;

function read(file: string): string {
  return readFileSync(join(copy, file), "utf8");
}

function write(file: string, text: string): void {
  writeFileSync(join(copy, file), text);
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: copy, encoding: "utf8" }).trim();
}

function commit(): string {
  return git("commit", "--quiet", "--all", "--message", "What the test needs");
}

/** A clone of one commit, at version 0.1.9, whose checks pass at once; what they saw is in `.git/checked`. */
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "onsync-release-"));
  mkdirSync(join(copy, "src"));
  for (const file of files) cpSync(join(root, file), join(copy, file));
  const manifest = JSON.parse(read("package.json"));
  const at = (file: string) => write(file, read(file).replaceAll(`"${manifest.version}"`, '"0.1.9"'));
  manifest.scripts = { check: "cp package.json .git/checked" };
  write("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of files.slice(0, 3)) at(file);
  write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- Something new.\n\n## [0.1.9] - 2026-01-01\n\n- Old.\n");
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "A maintainer");
  git("config", "user.email", "maintainer@example.com");
  git("add", ".");
  commit();
});
afterEach(() => rmSync(copy, { recursive: true }));

test("checks what is committed, writes the version everywhere, heads the changelog, commits and tags", () => {
  release(copy, "0.1.10", "2026-02-03");
  expect(JSON.parse(readFileSync(join(copy, ".git/checked"), "utf8")).version).toBe("0.1.9");
  expect(JSON.parse(read("package.json")).version).toBe("0.1.10");
  const lock = JSON.parse(read("package-lock.json"));
  expect([lock.version, lock.packages[""].version]).toEqual(["0.1.10", "0.1.10"]);
  expect(read("src/version.ts")).toContain('version = "0.1.10"');
  expect(read("CHANGELOG.md")).toBe(
    "# Changelog\n\n## [Unreleased]\n\n## [0.1.10] - 2026-02-03\n\n- Something new.\n\n## [0.1.9] - 2026-01-01\n\n- Old.\n",
  );
  expect(git("log", "-1", "--format=%s")).toBe("Release 0.1.10");
  expect(git("rev-parse", "v0.1.10^{commit}")).toBe(git("rev-parse", "HEAD"));
  expect(git("status", "--porcelain")).toBe("");
  // Nothing else moved: the packages of the lockfile keep their versions.
  expect(git("diff", "--shortstat", "HEAD~1")).toMatch(/^4 files changed, 6 insertions\(\+\), 4 deletions\(-\)$/);
});

test.each<[string, string, () => unknown, string]>([
  ["a version that is none", "v1.0.0", () => {}, "is no version"],
  ["half a version", "1.0", () => {}, "is no version"],
  ["the version there is", "0.1.9", () => {}, "does not come after 0.1.9"],
  ["an earlier version", "0.0.99", () => {}, "does not come after 0.1.9"],
  ["another branch", "1.0.0", () => git("switch", "--quiet", "--create", "try"), "this is try"],
  ["changes that are not committed", "1.0.0", () => write("CHANGELOG.md", "x"), "commit or stash"],
  ["a file that git does not know", "1.0.0", () => write("new.ts", ""), "commit or stash"],
  ["a version that is tagged", "1.0.0", () => git("tag", "v1.0.0"), "a tag v1.0.0"],
  [
    "nothing to tell",
    "1.0.0",
    () => {
      write("CHANGELOG.md", "## [Unreleased]\n\n## [0.1.9]\n\n- Old.\n");
      commit();
    },
    "says nothing under Unreleased",
  ],
  [
    "checks that fail",
    "1.0.0",
    () => {
      write("package.json", read("package.json").replace("cp package.json .git/checked", "exit 3"));
      commit();
    },
    "npm run check",
  ],
  [
    "a version that stands elsewhere otherwise",
    "1.0.0",
    () => {
      write("src/version.ts", 'export const version = "0.1.8";\n');
      commit();
    },
    'expected version = "0.1.9"',
  ],
])("with %s nothing is released", (_what, version, prepare, message) => {
  prepare();
  const before = [git("rev-parse", "HEAD"), git("tag"), git("status", "--porcelain")];
  expect(() => release(copy, version, "2026-02-03")).toThrow(message);
  expect([git("rev-parse", "HEAD"), git("tag"), git("status", "--porcelain")]).toEqual(before);
});
