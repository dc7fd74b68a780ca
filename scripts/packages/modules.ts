/** The compiled modules of the repository, what they import, and from which package another one takes them. */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix } from "node:path";
import { type Package, packages } from "./table.ts";

/** The compiler writes no other form of import: the name stands in double quotes behind one of these. */
const imports = /((?:^|[\s;}])(?:import|from) ?\(?\s*)"([^"\n]+)"/gm;

const endings = [".js", ".d.ts"] as const;
type Ending = (typeof endings)[number];

function read(tree: string, module: string, ending: Ending): string {
  const file = join(tree, module + ending);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** A module is named by its path in the repository, without an ending. */
export function nameModule(path: string): string {
  return path.replace(/(?:\.d)?\.[tj]s$/, "");
}

/** The module that a relative import leads to. */
function follow(module: string, specifier: string): string {
  return nameModule(posix.join(dirname(module), specifier));
}

function isRelative(specifier: string): boolean {
  return /^\.\.?\//.test(specifier);
}

/** Everything that the entries of a package reach, by what they run and by what their types say. */
export function findModules(tree: string, { entries }: Package, which: readonly Ending[] = endings): Set<string> {
  const found = new Set<string>();
  const left = Object.values(entries).map(nameModule);
  for (let module = left.pop(); module !== undefined; module = left.pop()) {
    if (found.has(module)) continue;
    found.add(module);
    for (const ending of which)
      for (const [, , specifier = ""] of read(tree, module, ending).matchAll(imports))
        if (isRelative(specifier) && existsSync(join(tree, `${follow(module, specifier)}.d.ts`)))
          left.push(follow(module, specifier));
  }
  return found;
}

/** Which package each module is taken from, for one that uses these: the first of them that has it. */
export function findOwners(tree: string, { uses }: Package): Map<string, string> {
  const used = packages.filter(({ name, form }) => form === "files" && uses.includes(name));
  return new Map(
    used.toReversed().flatMap((each) => [...findModules(tree, each)].map((module) => [module, each.name] as const)),
  );
}

/** How a package imports a module of another one: no part of what that one promises, so both are of one version. */
export function nameInternal(owner: string, module: string): string {
  return `${owner}/internal/${module}`;
}

/** The text of a compiled module with what it takes from other packages imported from there. */
export function rewriteImports(
  tree: string,
  module: string,
  ending: Ending,
  owners: ReadonlyMap<string, string>,
): string {
  return read(tree, module, ending).replace(imports, (all, before: string, specifier: string) => {
    if (!isRelative(specifier)) return all;
    const target = follow(module, specifier);
    const owner = owners.get(target);
    // Declarations keep the names of the sources.
    return `${before}"${owner === undefined ? specifier.replace(/\.ts$/, ".js") : nameInternal(owner, target)}"`;
  });
}

/** The packages from npm among what is imported. */
export function toPackageNames(specifiers: readonly string[]): string[] {
  return specifiers
    .filter((specifier) => !isRelative(specifier) && !isBuiltin(specifier))
    .map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
}

/** The packages from npm that a compiled module imports. */
export function findPackages(text: string): string[] {
  return toPackageNames([...text.matchAll(imports)].map(([, , specifier = ""]) => specifier));
}
