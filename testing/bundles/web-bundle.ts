/** What a web application carries that imports a part of this package: bundled and minified, with nothing of Node's own. */
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

export type WebBundle = {
  /** Its exports are in the variable `bundled`. */
  code: string;
  gzipBytes: number;
  /** Of this repository, and of packages. */
  files: string[];
};

/** @throws where it needs a module of Node's, which a browser has not. undici is left out: only its own transport loads it. */
export function bundleForWeb(entry: string): WebBundle {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: "silent" },
    ...{ format: "iife", globalName: "bundled", platform: "browser", target: "es2022", external: ["undici"] },
  });
  const code = (outputFiles[0] as { text: string }).text;
  return { code, gzipBytes: gzipSync(code, { level: 9 }).length, files: Object.keys(metafile.inputs) };
}
