/**
 * How modules of the instrumented tree are loaded: each test file has the modules of `test` and `testing` to itself, and shares
 * those that are tested with the others; where a mutant acts while modules load, all of them are loaded anew for it.
 */
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const globals = pathToFileURL(join(import.meta.dirname, "jest-globals.ts")).href;
/** By module of the tree: what it has imported so far. */
const imports = new Map<string, Set<string>>();
const stripped = new Map<string, string>();

function strip(path: string): string {
  const known = stripped.get(path);
  if (known !== undefined) return known;
  const text = stripTypeScriptTypes(readFileSync(path, "utf8"));
  stripped.set(path, text);
  return text;
}

const toPath = (url: string): string => fileURLToPath(url.split("?")[0] ?? url);

function noteImport(parent: string, url: string): void {
  const known = imports.get(toPath(parent)) ?? new Set();
  imports.set(toPath(parent), known.add(toPath(url)));
}

/** All that a module has loaded, itself and on the way. */
export function listModules(path: string): Set<string> {
  const found = new Set([path]);
  for (const each of found) for (const imported of imports.get(each) ?? []) found.add(imported);
  return found;
}

export function registerModules(tree: string): void {
  const root = `${pathToFileURL(tree).href}/`;
  const isTestCode = (url: string) => /^test(ing)?\//.test(url.slice(root.length));
  const isInTree = (url: string) => url.startsWith(root) && !url.includes("/node_modules/") && url.endsWith(".ts");
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "@jest/globals") return { url: globals, shortCircuit: true };
      const resolved = next(specifier, context);
      if (!isInTree(resolved.url) || !context.parentURL?.startsWith(root)) return resolved;
      noteImport(context.parentURL, resolved.url);
      const { searchParams } = new URL(context.parentURL);
      const [file, anew] = [searchParams.get("file"), searchParams.get("anew")];
      if (anew !== null) return { ...resolved, url: `${resolved.url}?anew=${anew}` };
      return file !== null && isTestCode(resolved.url)
        ? { ...resolved, url: `${resolved.url}?file=${file}` }
        : resolved;
    },
    load(url, context, next) {
      const [plain = url] = url.split("?");
      if (!isInTree(plain)) return next(url, context);
      return { format: "module", source: strip(toPath(plain)), shortCircuit: true };
    },
  });
}
