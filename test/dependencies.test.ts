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

type Locked = { dev?: boolean; devOptional?: boolean; optional?: boolean; hasInstallScript?: boolean };

test("no package that a running part needs has an install script", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const needed = Object.entries(packages).filter(
    ([path, { dev, devOptional, optional }]) => path !== "" && !dev && !devOptional && !optional,
  );
  expect(needed.length).toBeGreaterThan(20);
  expect(needed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
});
