/**
 * The MCP server's packages but the one on npm (scripts/packages/table.ts): `node scripts/mcp/package.ts`, after
 * `npm run build`.
 *
 * - dist/bin: the bundle, and what starts it
 * - build/mcp/onsync.mcpb: installed with a click; checked by `mcpb validate` first
 * - build/mcp/server.json: the MCP registry's entry
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTool } from "../tools.ts";
import { bundle } from "./bundle.ts";
import { createMcpbManifest, createServerJson } from "./manifests.ts";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");
const out = join(root, "build/mcp");

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

function createEmptyFolder(name: string): string {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function runMcpb(...args: string[]): void {
  execFileSync(process.execPath, [findTool("@anthropic-ai/mcpb/dist/cli/cli.js"), ...args], {
    cwd: out,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

if (!existsSync(join(dist, "cli/onsync.js"))) {
  console.error("There is no build in dist: run `npm run build` first.");
  process.exit(1);
}
const bin = join(dist, "bin");
await bundle(bin);

const staged = createEmptyFolder("bundle");
cpSync(bin, join(staged, "server"), { recursive: true });
cpSync(join(root, "LICENSE"), join(staged, "LICENSE"));
cpSync(join(root, "docs/mcp.md"), join(staged, "README.md"));
writeJson(join(staged, "manifest.json"), createMcpbManifest());
runMcpb("validate", join(staged, "manifest.json"));
runMcpb("pack", staged, join(out, "onsync.mcpb"));

writeJson(join(out, "server.json"), createServerJson());
console.log("wrote dist/bin, build/mcp/onsync.mcpb, build/mcp/server.json");
