/**
 * Takes comments and white space out of the packages that lie beside the app in Zapier's zip, and out of their package.json
 * what only npm and their authors read: they are a third of its characters, and each start reads them. Names and the code
 * itself stay as npm has them, and so do licenses.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

/** What Node and Zapier's build read of a package.json, and who it is by. */
const usedFields = [
  ...["name", "version", "license", "licenses", "author", "type"],
  ...["main", "module", "browser", "exports", "imports", "dependencies"],
];

function stripFile(name: string, text: string): string {
  if (name === "package.json") return JSON.stringify(pickFields(JSON.parse(text)));
  if (name.endsWith(".json")) return JSON.stringify(JSON.parse(text));
  return transformSync(text, { minifyWhitespace: true, legalComments: "inline", logLevel: "silent" }).code;
}

function pickFields(manifest: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => usedFields.includes(name)));
}

/** @param folder with all that is in it */
export function stripPackages(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isFile() || !/\.(js|cjs|mjs|json)$/.test(name)) continue;
    const path = join(entry.parentPath, name);
    const text = readFileSync(path, "utf8");
    try {
      writeFileSync(path, stripFile(name, text));
    } catch {
      // A package may bring along what is no whole program, for its own tests: it stays as it is.
      writeFileSync(path, text);
    }
  }
}
