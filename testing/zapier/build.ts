/** What Zapier has of the app: the zip of its build, unzipped, and Node 22. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AppUnderTest } from "./workers.ts";

const build = join(import.meta.dirname, "../../build");

/** Installed once, beside the builds. */
export function findNode22(): string {
  if (/^v22\./.test(process.version)) return process.execPath;
  if (process.env.ONSYNC_NODE22) return process.env.ONSYNC_NODE22;
  const folder = join(build, "node22");
  const node = join(folder, "node_modules", "node", "bin", "node");
  if (!existsSync(node))
    execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", folder, "node@22"], { stdio: "inherit" });
  return node;
}

/** The build that takes a base URL: the one for staging where there is one. */
export function findZip(): string {
  if (process.env.ONSYNC_ZAPIER_ZIP) return process.env.ONSYNC_ZAPIER_ZIP;
  const staging = join(build, "zapier-staging.zip");
  return existsSync(staging) ? staging : join(build, "zapier.zip");
}

export type ZapierBuild = AppUnderTest & Disposable;

/** Unzips a build into a folder of its own. */
export function openZapierBuild(zip = findZip(), node = findNode22()): ZapierBuild {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "onsync-zapier-")));
  execFileSync("unzip", ["-q", zip, "-d", folder]);
  return {
    folder,
    wrapper: pathToFileURL(join(folder, "zapierwrapper.js")).href,
    node,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
