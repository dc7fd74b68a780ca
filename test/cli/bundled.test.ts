/** Which command lines the bundle serves. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "@jest/globals";
import { findBundle } from "../../cli/bundled.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-bundled-"));
afterAll(() => rmSync(folder, { recursive: true }));
const from = pathToFileURL(join(folder, "cli/onsync.js")).href;
const bundle = join(folder, "bin/onsync-mcp.cjs");

test("onsync mcp over stdio is served by the bundle where there is one, and everything else by the whole command", () => {
  expect(findBundle(["mcp"], {}, from)).toBeUndefined();
  mkdirSync(join(folder, "bin"));
  writeFileSync(bundle, "");
  const { href } = pathToFileURL(bundle);
  for (const args of [["mcp"], ["mcp", "--read-only"], ["mcp", "--events", "events.db"], ["mcp", "--help"]]) {
    expect(findBundle(args, {}, from)).toBe(href);
  }
  for (const args of [
    [],
    ["start"],
    ["call", "mcp"],
    ["mcp", "--http"],
    ["mcp", "--events", "redis://127.0.0.1:6379"],
    ["mcp", "--events=rediss://127.0.0.1:6379"],
    ["mcp", "--ledger=redis://127.0.0.1:6379"],
  ]) {
    expect(findBundle(args, {}, from)).toBeUndefined();
  }
  expect(findBundle(["mcp"], { ONSYNC_LEDGER: "sends.db" }, from)).toBe(href);
  expect(findBundle(["mcp"], { ONSYNC_LEDGER: " redis://127.0.0.1:6379" }, from)).toBeUndefined();
});
