/**
 * Jest's transform for the tests on Node 22, which does not know `await using` yet: esbuild writes it as `try` and
 * `finally`. What is tested (src, mcp, reference …) runs as it stands, on every Node.
 */
import { type TransformResult, transformSync } from "esbuild";

export default {
  process: (source: string, file: string): TransformResult =>
    transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "node22",
      sourcefile: file,
      sourcemap: "inline",
      // Imports are left as they stand, as Node leaves them.
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    }),
};
