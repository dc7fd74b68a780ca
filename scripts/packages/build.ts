/**
 * Makes the packages of `table.ts`: `node scripts/packages/build.ts [FOLDER]`, by default build/packages. Each is a folder
 * and the tarball that npm packs of it. All are of this repository's version, and each needs the others of that version.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "../mcp/bundle.ts";
import { bundlePackage } from "./bundle.ts";
import { createManifest, nameFront } from "./manifest.ts";
import { findModules, findOwners, findPackages, nameModule, rewriteImports } from "./modules.ts";
import { createVersionCheck } from "./node-version.ts";
import { nodeOf, type Package, packages, root } from "./table.ts";

const consoleAssets = "reference/console/assets";

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** The compiled sources, with the maps that lead back to them inside. */
function compile(tree: string): void {
  const options = ["--outDir", tree, "--sourceMap", "--inlineSources"];
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json", ...options], {
    cwd: root,
    stdio: "inherit",
  });
}

/**
 * What stands at the front of a package: it says what is wrong with the Node that it runs on before any of
 * the rest is loaded.
 */
function writeEntries(folder: string, each: Package, file: (module: string) => string) {
  const { name, entries } = each;
  write(folder, "node-version.js", createVersionCheck(name, nodeOf(each)));
  for (const [entry, path] of Object.entries(entries)) {
    const front = nameFront(entry);
    write(folder, `${front}.js`, `import "./node-version.js";\nexport * from "./dist/${file(nameModule(path))}";\n`);
    write(folder, `${front}.d.ts`, `export * from "./dist/${nameModule(path)}.js";\n`);
  }
}

/** @returns the packages from npm that its files import */
async function writePackage(tree: string, folder: string, each: Package, bin: string): Promise<Set<string>> {
  const owners = findOwners(tree, each);
  const isBundle = each.form === "bundle";
  const modules = [...findModules(tree, each, isBundle ? [".d.ts"] : undefined)].filter((name) => !owners.has(name));
  const imported: string[] = [];
  for (const module of modules) {
    for (const ending of isBundle ? ([".d.ts"] as const) : ([".js", ".d.ts"] as const)) {
      const text = rewriteImports(tree, module, ending, owners);
      imported.push(...findPackages(text));
      write(folder, `dist/${module}${ending}`, text);
    }
    if (!isBundle) copyFileSync(join(tree, `${module}.js.map`), join(folder, `dist/${module}.js.map`));
  }
  writeEntries(folder, each, (module) => (isBundle ? "index.js" : `${module}.js`));

  if (isBundle) {
    const commands = Object.entries(each.commands ?? {}).filter(([, module]) => module.endsWith(".ts"));
    const points = Object.fromEntries([
      ...Object.values(each.entries).map((path) => ["index", path]),
      ...commands.map(([command, module]) => [command, module]),
    ]);
    const bundled = await bundlePackage(each, points, owners, join(folder, "dist"));
    imported.push(...bundled.imported);
    write(folder, "THIRD-PARTY-LICENSES", bundled.notices);
    for (const [command] of commands) chmodSync(join(folder, "dist", `${command}.js`), 0o755);
    if (["onsync-reference", "onsync-cli"].includes(each.name))
      cpSync(join(root, consoleAssets), join(folder, "dist/assets"), { recursive: true });
    if (Object.values(each.commands ?? {}).some((file) => file.startsWith("./bin/")))
      cpSync(bin, join(folder, "bin"), { recursive: true });
  }
  return new Set(imported);
}

/** @returns the tarballs, in the order of the table */
export async function buildPackages(out: string): Promise<string[]> {
  rmSync(out, { recursive: true, force: true });
  const tree = join(out, ".tree");
  const bin = join(out, ".bin");
  compile(tree);
  mkdirSync(bin);
  await bundle(bin);
  const tarballs: string[] = [];
  for (const each of packages) {
    const folder = join(out, each.name);
    const imported = await writePackage(tree, folder, each, bin);
    write(folder, "package.json", `${JSON.stringify(createManifest(each, imported), null, 2)}\n`);
    for (const [from, to] of [
      ["LICENSE", "LICENSE"],
      [`packages/${each.name}.md`, "README.md"],
    ] as const)
      if (existsSync(join(root, from))) copyFileSync(join(root, from), join(folder, to));
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--pack-destination", out], { cwd: folder, encoding: "utf8" }),
    ) as [{ filename: string }];
    tarballs.push(join(out, packed.filename));
  }
  rmSync(tree, { recursive: true });
  rmSync(bin, { recursive: true });
  return tarballs;
}

if (import.meta.main) {
  for (const tarball of await buildPackages(process.argv[2] ?? join(root, "build/packages")))
    console.log(`wrote ${tarball}`);
}
