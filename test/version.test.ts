import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
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
