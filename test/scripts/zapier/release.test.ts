/** A version is promoted where everything about it was checked, and not without an account. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { findBuildFiles, readRecord, writeRecord } from "../../../scripts/zapier/builds.ts";
import { promote } from "../../../scripts/zapier/release.ts";
import { type Clone, createClone, type FakeZapier, startFakeZapier, version } from "./clone.ts";

const commandMs = 120_000;

let clone: Clone;
let zapier: FakeZapier;
beforeAll(async () => {
  zapier = await startFakeZapier();
});
afterAll(() => zapier.close());
beforeEach(() => {
  zapier.requests.length = 0;
  clone = createClone();
  clone.write(".zapierapprc-public", '{ "id": 111, "key": "App111" }\n');
  clone.commit();
  clone.git("tag", `v${version}`);
  clone.buildAndTest();
});
afterEach(() => clone.remove());

function noteUpload(): void {
  const tested = readRecord(clone.root, "public", "tested");
  if (tested) writeRecord(clone.root, "public", "uploaded", tested);
}

function wasChecked(): boolean {
  return existsSync(join(clone.root, ".git/checked"));
}

test(
  "promotes the release whose tested zip was uploaded, after all checks, with what changed",
  async () => {
    noteUpload();
    expect(await promote(clone.root, version, { yes: true })).toBe(`promoted ${version}`);
    expect(wasChecked()).toBe(true);
    expect(zapier.requests.at(-1)).toMatchObject({
      path: "/apps/111/migrations",
      body: { job: { name: "promote", to_version: version, changelog: "- Something new." } },
    });
  },
  commandMs,
);

test(
  "a dry run checks everything that needs no account, says what is missing of one, and sends nothing",
  async () => {
    expect(await promote(clone.root, version, { dryRun: true })).toBe(
      `would promote ${version}; still missing: the zip that was tested is not the one that was uploaded last: npm run zapier:upload`,
    );
    expect(wasChecked()).toBe(true);
    expect(zapier.requests).toEqual([]);
  },
  commandMs,
);

test.each<[string, (clone: Clone) => void, string]>([
  [
    "a version that is not checked out",
    ({ git }) => git("tag", "--delete", `v${version}`),
    `not the release v${version}`,
  ],
  [
    "a version without an entry in CHANGELOG.md",
    ({ write }) => write("CHANGELOG.md", `# Changelog\n\n## [${version}]\n\n## [0.1.0]\n\n- Old.\n`),
    `CHANGELOG.md says nothing of ${version}`,
  ],
  ["what is not committed", ({ write }) => write("index.js", "// changed"), "commit or stash"],
  [
    "a zip that was built from another commit",
    ({ commit, git }) => {
      commit();
      git("tag", "--force", `v${version}`);
    },
    "the zip was built from",
  ],
  [
    "a zip that was not tested",
    ({ root }) => writeRecord(root, "public", "tested", { sha256: "0", version, commit: "" }),
    "not one that was tested",
  ],
  [
    "no app at Zapier",
    ({ root, git, commit, buildAndTest }) => {
      git("rm", "--quiet", findBuildFiles(root, "public").app);
      commit();
      git("tag", "--force", `v${version}`);
      buildAndTest();
      noteUpload();
    },
    "no app to upload to",
  ],
  [
    "a zip that was not uploaded",
    ({ root }) => writeRecord(root, "public", "uploaded", { sha256: "0", version, commit: "" }),
    "not the one that was uploaded last",
  ],
])("refuses %s before anything is run", async (_what, change, text) => {
  noteUpload();
  change(clone);
  await expect(promote(clone.root, version, { yes: true })).rejects.toThrow(text);
  expect(wasChecked()).toBe(false);
  expect(zapier.requests).toEqual([]);
});

test("refuses another version than package.json's", async () => {
  noteUpload();
  await expect(promote(clone.root, "9.9.9")).rejects.toThrow(`package.json has version ${version}`);
});

test("promotes nothing where a check fails", async () => {
  clone.write("package.json", JSON.stringify({ version, scripts: { check: "exit 1" } }));
  clone.commit();
  clone.git("tag", "--force", `v${version}`);
  clone.buildAndTest();
  noteUpload();
  await expect(promote(clone.root, version, { yes: true })).rejects.toThrow("npm run --silent check failed");
  expect(zapier.requests).toEqual([]);
});
