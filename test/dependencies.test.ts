/** The dependencies that docs/security.md gives reasons for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const { dependencies, peerDependencies } = JSON.parse(read("package.json"));

test("docs/security.md has a reason for each dependency, and for none that is not there", () => {
  const section = read("docs/security.md").split("## Dependencies")[1]?.split("\n## ")[0] ?? "";
  const named = [...section.matchAll(/^\| (`.+`) \| /gm)].flatMap(([, names = ""]) =>
    names.split(", ").map((name) => name.replaceAll("`", "")),
  );
  expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).toSorted());
});

type Locked = {
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  license?: string;
};

function listNeeded(): [path: string, locked: Locked][] {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(
    ([path, { dev, devOptional, optional }]) => path !== "" && !dev && !devOptional && !optional,
  );
}

test("no package that a running part needs has an install script", () => {
  const needed = listNeeded();
  expect(needed.length).toBeGreaterThan(20);
  expect(needed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
});

test("what a running part needs may be used and passed on, and docs/security.md names the packages that say otherwise", () => {
  const permissive = new Set([
    "MIT",
    "ISC",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "Public Domain",
  ]);
  const isPermissive = ({ license = "none" }: Locked) =>
    license
      .replace(/^\((.*)\)$/, "$1")
      .split(" AND ")
      .every((each) => permissive.has(each));
  const others = listNeeded().flatMap(([path, locked]) =>
    isPermissive(locked) ? [] : [path.replace("node_modules/", "")],
  );
  const named =
    /\*\*Licences\*\*: .*/.exec(read("docs/security.md").replaceAll("\n", " "))?.[0].split(" - **")[0] ?? "";
  expect(others.filter((name) => !named.includes(`\`${name}\``))).toEqual([]);
  expect(others).toEqual(["urlsafe-base64", "zapier-platform-core", "zapier-platform-schema"]);
});
