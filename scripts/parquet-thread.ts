/** A thread begins with a file of its own: what is bundled into one file has the thread's code inside, as an address. */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const entry = join(import.meta.dirname, "../src/data/rows/parquet-thread.ts");

export const embedParquetThread: Plugin = {
  name: "the thread that reads Parquet",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]data[\\/]rows[\\/]parquet-thread-url\.ts$/ }, async () => {
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        write: false,
        platform: "node",
        format: "esm",
        target: "node22.21",
        minify: true,
        legalComments: "none",
        logLevel: "warning",
      });
      const [file] = outputFiles;
      if (file === undefined) throw new Error(`${entry} was bundled into nothing`);
      const code = Buffer.from(file.contents).toString("base64");
      return {
        contents: `export const parquetThreadUrl = new URL("data:text/javascript;base64,${code}");`,
        loader: "js",
      };
    });
  },
};
