import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import app from "../index.ts";
import { version } from "../src/version.ts";

test("the version is package.json's, on every face", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(version).toBe(manifest.version);
  expect(app.version).toBe(version);
});
