/** What a web application carries that imports a part of this package: bundled and minified, with nothing of Node's own. */
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

export type WebBundle = {
  /** A script, with its exports in the variable `bundled`. */
  code: string;
  /** Of the module, as applications bundle it. */
  gzipBytes: number;
  /** Of this repository, and of packages. */
  files: string[];
};

function buildForWeb(entry: string, format: "esm" | "iife") {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: "silent" },
    ...{ format, globalName: "bundled", platform: "browser", target: "es2022", external: ["undici"] },
  });
  return { code: (outputFiles[0] as { text: string }).text, files: Object.keys(metafile.inputs) };
}

/** @throws where it needs a module of Node's, which a browser has not. undici is left out: only its own transport loads it. */
export function bundleForWeb(entry: string): WebBundle {
  const module = buildForWeb(entry, "esm");
  const gzipBytes = gzipSync(module.code, { level: 9 }).length;
  return { code: buildForWeb(entry, "iife").code, gzipBytes, files: module.files };
}
