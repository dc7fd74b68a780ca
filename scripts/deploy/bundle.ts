/**
 * Bundles the whole `onsync` command into one file that needs Node and nothing else, for containers:
 * `node scripts/deploy/bundle.ts [FOLDER]`, by default dist/deploy. What is optional (SQS, Pub/Sub, databases, OpenTelemetry)
 * is not in it: install the package beside the file.
 */
import { chmodSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { embedParquetThread } from "../parquet-thread.ts";

const root = join(import.meta.dirname, "../..");

const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  peerDependencies: Record<string, string>;
};

/** What a package that is no ES module expects of one that is. */
const banner = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

/** What prom-client asks of @opentelemetry/api it asks wherever it is loaded, so its copy of that comes with it. */
const promClient: Plugin = {
  name: "prom-client with what it needs",
  setup({ onResolve }) {
    onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path, importer }) =>
      /[\\/]prom-client[\\/]/.test(importer)
        ? { path: createRequire(importer).resolve(path) }
        : { path, external: true },
    );
  },
};

/** @returns the file, and its size in bytes */
export async function bundleCommand(folder: string): Promise<{ file: string; bytes: number }> {
  const file = join(folder, "onsync.mjs");
  await build({
    entryPoints: [join(root, "cli/onsync.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22.21",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    banner: { js: banner },
    external: Object.keys(peerDependencies).filter((name) => name !== "@opentelemetry/api"),
    plugins: [promClient, embedParquetThread],
  });
  chmodSync(file, 0o755);
  return { file, bytes: statSync(file).size };
}

if (import.meta.main) {
  const { file, bytes } = await bundleCommand(process.argv[2] ?? join(root, "dist/deploy"));
  console.log(`wrote ${file}, ${Math.round(bytes / 1024)} KiB`);
}
