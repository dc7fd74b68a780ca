/** What ours is measured beside: installed by their lockfile, into a folder of their own, when a question first needs them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const peersFolder = join(import.meta.dirname, "../peers");
const installed = join(peersFolder, "node_modules/.package-lock.json");

/** @throws Error where npm cannot install them */
export function installPeers(): void {
  if (existsSync(installed)) return;
  console.error("Installing what ours is measured beside into bench/peers/node_modules…");
  const args = ["ci", "--prefix", peersFolder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  const { status } = spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("npm could not install bench/peers: see above.");
}

/** Loads one, from its own folder: it is no dependency of ours. */
export const requirePeer: NodeJS.Require = createRequire(join(peersFolder, "package.json"));

/** Such as `stripe 23.1.0`. */
export function namePeer(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return `${name} ${dependencies[name]}`;
}
