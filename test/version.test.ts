import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import app from "../index.ts";
import { version } from "../src/version.ts";

test("the version is package.json's, on every face", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(version).toBe(manifest.version);
  expect(app.version).toBe(version);
});

test("npm's scripts run on the Node that is installed with the rest", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { stdout } = await promisify(execFile)("npm", ["exec", "--", "node", "--version"]);
  // CI_NODE=22 .ci/run has put another one in its place.
  const { CI_NODE } = process.env;
  expect(stdout.trim()).toMatch(CI_NODE ? `v${CI_NODE}` : `v${manifest.devDependencies.node}`);
  // The commands of the scripts name no Node of their own.
  for (const script of Object.values<string>(manifest.scripts)) expect(script).not.toMatch(/\/node\b/);
});

describe("an older Node than package.json names", () => {
  const launcher = join(import.meta.dirname, "../scripts/mcp/launcher.cjs");

  /** Starts `onsync-mcp` on a Node that says it is of that version. */
  function start(node: string): string {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "${node}" }); require(${JSON.stringify(launcher)})`;
    const { stderr } = spawnSync(process.execPath, ["-e", pretend], {
      encoding: "utf8",
      env: { ...process.env, XDG_CACHE_HOME: tmpdir() },
    });
    return stderr;
  }

  test.each(["18.20.8", "20.20.2", "22.20.0", "23.11.1", "24.4.1"])("is told so by onsync-mcp: %s", (node) => {
    expect(start(node)).toMatch(/^error: onsync-mcp needs Node 22, from 22\.21 on, or 24\.5 or newer/);
  });

  /** Begins the `onsync` command as one that says it is of that version, as Node imports what it begins with. */
  function startCommand(node: string): string {
    const first = pathToFileURL(join(import.meta.dirname, "../cli/node-version.ts")).href;
    const pretend = `Object.defineProperty(process.versions, "node", { value: "${node}" }); import(${JSON.stringify(first)})`;
    return spawnSync(process.execPath, ["-e", pretend], { encoding: "utf8" }).stderr;
  }

  test("is told so by onsync, which begins with that", () => {
    const begin = readFileSync(new URL("../cli/onsync.ts", import.meta.url), "utf8");
    expect(/^import .*$/m.exec(begin)?.[0]).toBe('import "./node-version.ts";');
    expect(startCommand("20.20.2")).toMatch(/^error: onsync needs Node 22, from 22\.21 on, or 24\.5 or newer, and/);
    expect(startCommand("22.21.0")).toBe("");
  });

  // The bundle itself is not beside the launcher here: it is asked for.
  test.each(["22.21.0", "22.23.3", "24.5.0", "26.10.0"])("does not mean %s", (node) => {
    expect(start(node)).toContain("Cannot find module './onsync-mcp.bundle.cjs'");
  });

  test("is named alike where users read of it", () => {
    const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
    expect(JSON.parse(read("package.json")).engines.node).toBe("^22.21.0 || >=24.5.0");
    expect(read("docs/mcp.md")).toContain("It runs on Node 22, from 22.21 on, and on Node 24.5 or newer.");
    expect(read("scripts/mcp/bundle.ts")).toContain('target: "node22.21"');
  });
});
