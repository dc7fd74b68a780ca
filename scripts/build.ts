/**
 * Makes `dist`: the compiled tree, with the console's pages beside the code that serves them, and the one-file bundle that
 * `onsync mcp` starts from.
 *
 *   npm run build -- --javascript-only    without types, neither checked nor written, in a quarter of the time
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "./mcp/bundle.ts";

const root = join(import.meta.dirname, "..");
const assets = "reference/console/assets";
const { values } = parseArgs({ options: { "javascript-only": { type: "boolean", default: false } } });
const options = values["javascript-only"] ? ["--noCheck", "--declaration", "false"] : [];

rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json", ...options], {
  cwd: root,
  stdio: "inherit",
});
cpSync(join(root, assets), join(root, "dist", assets), { recursive: true });
// npm makes a package's commands executable when it installs them; run from the clone (npx onsync) nobody does.
chmodSync(join(root, "dist/cli/onsync.js"), 0o755);
await bundle(join(root, "dist/bin"));
