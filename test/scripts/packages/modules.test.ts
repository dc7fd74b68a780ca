/** Which modules make a package, and from where another one takes them: on a small tree of compiled modules. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createManifest } from "../../../scripts/packages/manifest.ts";
import { findModules, findPackages, nameModule, rewriteImports } from "../../../scripts/packages/modules.ts";
import { manifest, type Package, packages } from "../../../scripts/packages/table.ts";

const tree = mkdtempSync(join(tmpdir(), "onsync-modules-"));
const files = {
  "a/index.js": 'import { x } from "./run.js";\nexport * from "../b/thing.js";\nconst text = "./no.js";\n',
  "a/index.d.ts": 'import type { T } from "./types.ts";\nexport declare const x: import("../b/thing.ts").Thing;\n',
  "a/run.js":
    'import "zod/mini";\nimport { hash } from "node:crypto";\nconst late = await import("@scope/name/part");\n',
  "a/run.d.ts": "",
  "a/types.js": "",
  "a/types.d.ts": "",
  "b/thing.js": "",
  "b/thing.d.ts": "",
};
beforeAll(() => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
});
afterAll(() => rmSync(tree, { recursive: true }));

const made: Package = { ...(packages[0] as Package), entries: { ".": "a/index.ts" } };

test("a package has what its entries run and what their types speak of", () => {
  expect([...findModules(tree, made)].sort()).toEqual(["a/index", "a/run", "a/types", "b/thing"]);
  expect([...findModules(tree, made, [".d.ts"])].sort()).toEqual(["a/index", "a/types", "b/thing"]);
});

test("what another package has is imported from there, by code and by types alike", () => {
  const owners = new Map([["b/thing", "onsync"]]);
  expect(rewriteImports(tree, "a/index", ".js", owners)).toBe(
    'import { x } from "./run.js";\nexport * from "onsync/internal/b/thing";\nconst text = "./no.js";\n',
  );
  expect(rewriteImports(tree, "a/index", ".d.ts", owners)).toBe(
    'import type { T } from "./types.js";\nexport declare const x: import("onsync/internal/b/thing").Thing;\n',
  );
});

test("the packages that a module imports are known by their names, without what is Node's own", () => {
  expect(findPackages(files["a/run.js"])).toEqual(["zod", "@scope/name"]);
  expect(nameModule("src/client/index.d.ts")).toBe(nameModule("src/client/index.js"));
});

test("a package that imports what installing it would not bring is not made", () => {
  expect(() => createManifest(made, new Set(["zod", "left-pad"]))).toThrow(
    "onsync imports left-pad, which installing it does not bring",
  );
});

test("all packages are of the repository's version, and use each other at that version alone", () => {
  for (const each of packages) {
    const { version, dependencies } = createManifest(each, new Set()) as {
      version: string;
      dependencies: Record<string, string>;
    };
    expect(version).toBe(manifest.version);
    for (const used of each.uses) expect(dependencies[used]).toBe(manifest.version);
  }
});

test("a package uses only those that stand before it", () => {
  packages.forEach(({ uses }, index) => {
    const before = packages.slice(0, index).map(({ name }) => name);
    expect(before).toEqual(expect.arrayContaining([...uses]));
  });
});

test("the packages that installing one brings are those that its row of docs/packages.md names", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/packages.md"), "utf8");
  for (const { name, uses, dependencies } of packages) {
    const brings = new RegExp(`^\\| \`${name}\` \\|.*\\| ([^|]+) \\|$`, "m").exec(page)?.[1] ?? "";
    const named = brings.replaceAll("`", "").replace("the MCP SDK", "@modelcontextprotocol/server");
    const brought = [...uses, ...dependencies];
    expect(named.split(", ").sort()).toEqual(brought.length > 0 ? brought.sort() : ["nothing"]);
  }
});
