/**
 * What installing each package brings, beside packages for the same purposes: `node scripts/packages/measure.ts`. Each is
 * installed into an empty folder; what it weighs is the sum of its files, as the manifest of npm counts them too. Written into
 * docs/packages.md, between the marks of the table.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { formatTable } from "../tables/markdown.ts";
import { replaceTables } from "../tables.ts";
import { buildPackages } from "./build.ts";
import { run } from "./check/workshop.ts";
import { type Package, packages, root } from "./table.ts";

/** Clients and verifiers that people install for other APIs. */
const peers = ["stripe", "@notionhq/client", "svix", "resend"];

function sumFiles(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sumFiles(path);
      return entry.isFile() ? statSync(path).size : 0;
    })
    .reduce((sum, size) => sum + size, 0);
}

/** What an application carries that imports all of an entry, minified; `null`: it is for Node. */
async function measureGzip(folder: string, specifier: string): Promise<number | null> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: folder },
    ...{ bundle: true, minify: true, write: false, logLevel: "silent", format: "esm", platform: "browser" },
    external: ["undici", "redis"],
  }).catch(() => ({ outputFiles: [] }));
  const [file] = outputFiles;
  return file === undefined ? null : gzipSync(file.contents, { level: 9 }).length;
}

/** With everything that a package of ours uses, since none is on npm. */
function listTarballs({ name, uses }: Package, tarballs: readonly string[]): string[] {
  return [...uses, name].map(
    (wanted) =>
      tarballs.find((tarball) => /^(.*)-\d+\.\d+\.\d+\.tgz$/.exec(basename(tarball))?.[1] === wanted) as string,
  );
}

async function measure(name: string, sources: readonly string[], entries: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-measure-"));
  try {
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...sources], { cwd: folder });
    const lock = JSON.parse(readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string }>;
    };
    const version = lock.packages[`node_modules/${name}`]?.version;
    const megabytes = sumFiles(join(folder, "node_modules")) / 1e6;
    const sizes: string[] = [];
    for (const entry of entries) {
      const bytes = await measureGzip(folder, entry);
      if (bytes !== null) sizes.push(`${entry === name ? "" : `${entry}: `}${(bytes / 1000).toFixed(1)}`);
    }
    return [
      `${name} ${version}`,
      String(Object.keys(lock.packages).length),
      megabytes.toFixed(1),
      sizes.join(", ") || "for Node",
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const out = join(mkdtempSync(join(tmpdir(), "onsync-tarballs-")), "packages");
mkdirSync(out);
const tarballs = await buildPackages(out);
const rows: string[][] = [];
for (const each of packages) {
  const entries = each.runsAnywhere ? [each.name, `${each.name}/verify`] : [];
  rows.push(await measure(each.name, listTarballs(each, tarballs), entries));
}
for (const name of peers) rows.push(await measure(name, [name], [name]));
rmSync(out, { recursive: true });

const page = join(root, "docs/packages.md");
const makeTable = () => formatTable(["package", "packages", "MB", "kB in a page, minified and gzipped"], rows);
writeFileSync(page, replaceTables(readFileSync(page, "utf8"), { sizes: makeTable }));
console.log(makeTable());
