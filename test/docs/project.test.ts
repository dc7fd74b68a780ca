/** What a project tells of itself: where it lives, what its scripts are for, what its workflow runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

const manifest = JSON.parse(read("package.json"));

test("CONTRIBUTING.md explains every script, in the order of package.json, and no other", () => {
  const table = read("CONTRIBUTING.md").split("## Scripts")[1]?.split("\n## ")[0] ?? "";
  const rows = [...table.matchAll(/^\| `([\w:-]+)` \| (.+) \|$/gm)];
  expect(rows.map(([, script]) => script)).toEqual(Object.keys(manifest.scripts));
});

test("every address of the repository is the one of package.json", () => {
  const home = manifest.homepage.replace("#readme", "");
  expect(manifest.repository).toEqual({ type: "git", url: `git+${home}.git` });
  expect(manifest.bugs).toEqual({ url: `${home}/issues` });
  const files = ["", "docs", ".github", ".github/workflows", ".github/ISSUE_TEMPLATE"]
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
    .filter((file) => /\.(?:md|yml)$/.test(file));
  const addresses = files.flatMap((file) => read(file).match(/https:\/\/github\.com\/onsync[\w-]*\/[\w-]+/g) ?? []);
  expect(new Set(addresses)).toEqual(new Set([home]));
});

test("the workflow runs .ci/run on Node 22, on the one that is installed, and on the newest", () => {
  const { on, jobs } = parse(read(".github/workflows/ci.yml"));
  expect(Object.keys(on)).toEqual(["pull_request", "push"]);
  expect(on.push.branches).toEqual(["main"]);
  const { matrix } = jobs.run.strategy;
  const major = (version: string): number => Number.parseInt(version.replace(/^\D+/, ""), 10);
  expect(matrix.node).toEqual([major(manifest.engines.node), major(manifest.devDependencies.node), 26]);
  expect(jobs.run.container).toContain("matrix.node");
  expect(jobs.run.steps.map(({ run }: { run?: string }) => run)).toContain(".ci/run");
});

test("the templates are what GitHub reads", () => {
  for (const file of ["bug.yml", "idea.yml"]) {
    const template = parse(read(`.github/ISSUE_TEMPLATE/${file}`));
    expect(template).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    for (const { type, id, attributes } of template.body) {
      expect([type, typeof id, typeof attributes]).toEqual([
        type,
        type === "markdown" ? "undefined" : "string",
        "object",
      ]);
    }
  }
  expect(existsSync(join(root, ".github/pull_request_template.md"))).toBe(true);
});
