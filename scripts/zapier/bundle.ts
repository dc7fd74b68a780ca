/**
 * Our part of Zapier's zip: `index.js` is all that a start loads, `hooks.js` and `actions.js` have the steps' code, which the
 * first call of a step loads, and of which it runs its own modules alone. Beside them lie what both share, and what phone
 * numbers are read by. More files would cost a step more than what they left out.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type BuildOptions, build, type Plugin } from "esbuild";
import type { BuildName } from "./builds.ts";
import { loadApp, stepFiles, writeStart, writeSteps } from "./definition.ts";

const root = join(import.meta.dirname, "../..");

/** zod would bring along what writes JSON Schema, 18 KB of it, which nothing that Zapier runs asks for. */
const withoutJsonSchema: Plugin = {
  name: "without JSON Schema",
  setup: ({ onLoad }) =>
    onLoad({ filter: /zod[/\\]v4[/\\]core[/\\](to-json-schema|json-schema-processors)\.js$/ }, ({ path }) => {
      const names = [...readFileSync(path, "utf8").matchAll(/^export (?:function|const) (\w+)/gm)].map(
        ([, each]) => each,
      );
      return { contents: names.map((each) => `export const ${each} = () => undefined;`).join("\n") };
    }),
};

/** What `zapier/from-schemas` reads off the schemas comes into the zip as data, so that who needs no more makes no schema. */
const schemasAsData: Plugin = {
  name: "schemas as data",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]zapier[/\\]from-schemas[/\\][\w-]+\.ts$/ }, async ({ path }) => {
      const exported = Object.entries(await import(pathToFileURL(path).href));
      for (const [name, value] of exported)
        if (!isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value))
          throw new Error(`${basename(path)}: ${name} must be data`);
      return {
        contents: exported.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join("\n"),
      };
    }),
};

/** Modules that are written as they are bundled. */
function writtenModules(texts: Readonly<Record<string, string>>): Plugin {
  return {
    name: "written modules",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^written:/ }, ({ path }) => ({ path: path.slice("written:".length), namespace: "written" }));
      onLoad({ filter: /./, namespace: "written" }, ({ path }) => ({ contents: texts[path], resolveDir: root }));
    },
  };
}

/** Writes the files into the folder, for a process that has not loaded the app for another build. */
export async function bundleApp(name: BuildName, outdir: string): Promise<void> {
  const app = await loadApp(name);
  const steps = Object.fromEntries(stepFiles.map((file) => [file, writeSteps(app, file)]));
  const options = createOptions(name, outdir);
  await build({
    ...options,
    entryPoints: stepFiles.map((file) => ({ in: `written:${file}`, out: file })),
    splitting: true,
    plugins: [...plugins, writtenModules(steps)],
  });
  await build({
    ...options,
    entryPoints: [{ in: "written:index", out: "index" }],
    plugins: [...plugins, writtenModules({ index: await writeStart(app) })],
  });
}

const plugins = [withoutJsonSchema, schemasAsData];

function createOptions(name: BuildName, outdir: string) {
  return {
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["zapier-platform-core", ...stepFiles.map((file) => `./${file}.js`)],
    define: { "process.env.ONSYNC_ZAPIER_BUILD": JSON.stringify(name) },
    // Half of what loading costs is compiling: the fewer characters, the better.
    minify: true,
    legalComments: "none",
  } as const satisfies BuildOptions;
}
