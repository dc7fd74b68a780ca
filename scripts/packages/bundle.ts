/** A package in one file and what that loads on demand, with the packages from npm that it needs inside. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { embedParquetThread } from "../parquet-thread.ts";
import { nameInternal, nameModule, toPackageNames } from "./modules.ts";
import { type Package, root } from "./table.ts";

/** What a package that is no ES module expects of one that is. */
const banner = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

/** Takes from other packages of ours what they have. */
function takeFrom(owners: ReadonlyMap<string, string>): Plugin {
  return {
    name: "modules of other packages",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const module = nameModule(relative(root, join(resolveDir, path)).replaceAll("\\", "/"));
        const owner = owners.get(module);
        return owner === undefined ? undefined : { path: nameInternal(owner, module), external: true };
      });
    },
  };
}

const emptyMap = JSON.stringify({ version: 3, sources: ["left out"], sourcesContent: [""], mappings: "AAAA" });
const emptyMapUrl = `data:application/json;base64,${Buffer.from(emptyMap).toString("base64")}`;

/** Maps lead to what is written here: those of the packages inside would be four times as large. */
const leaveOutMaps: Plugin = {
  name: "no maps of packages from npm",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}\n//# sourceMappingURL=${emptyMapUrl}`,
      loader: "js",
    }));
  },
};

/**
 * What is loaded on demand and is no ES module would come with a default export alone: it is given the names that Node finds
 * in it.
 */
function nameExports(outside: readonly string[]): Plugin {
  return {
    name: "names of what is loaded on demand",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[@\w]/ }, ({ path, kind, importer, resolveDir }) => {
        const isOurs = kind === "dynamic-import" && !importer.includes("node_modules");
        const isInside = !isBuiltin(path) && !outside.includes(path);
        return isOurs && isInside ? { path, namespace: "on demand", pluginData: resolveDir } : undefined;
      });
      onLoad({ filter: /.*/, namespace: "on demand" }, async ({ path, pluginData }) => {
        const file = createRequire(join(root, "package.json")).resolve(path);
        const names = Object.keys(await import(pathToFileURL(file).href)).filter((name) =>
          /^[a-zA-Z_$][\w$]*$/.test(name),
        );
        return {
          contents: `export { ${names.join(", ")} } from ${JSON.stringify(path)};`,
          resolveDir: String(pluginData),
        };
      });
    },
  };
}

/** The folders of the packages from npm that are inside. */
function findInside({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap((input) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

/** Their licences ask to be passed on with them. */
function createNotices(folders: readonly string[]): string {
  const notices = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license: string;
    };
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e(?:\.|$)/i.test(each));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `This package has these inside.\n\n${notices.join(`\n${"-".repeat(72)}\n\n`)}`;
}

/** @returns the licences of what is inside, and the packages from npm that are not and have to be there */
export async function bundlePackage(
  { dependencies, optionalPeers }: Package,
  entryPoints: Record<string, string>,
  owners: ReadonlyMap<string, string>,
  outdir: string,
): Promise<{ notices: string; imported: string[] }> {
  const outside = [...dependencies, ...optionalPeers];
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22.21",
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    banner: { js: banner },
    external: outside,
    plugins: [embedParquetThread, takeFrom(owners), nameExports(outside), leaveOutMaps],
  });
  const imported = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .flatMap(({ path, external, kind }) => (external && kind === "import-statement" ? [path] : []));
  return { notices: createNotices(findInside(metafile)), imported: toPackageNames(imported) };
}
