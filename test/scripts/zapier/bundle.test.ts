/** Zapier's zip carries as data what the sources make of schemas, and loads code when a step is performed. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { writeStart } from "../../../scripts/zapier/definition.ts";

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, "fixtures");
const folder = mkdtempSync(join(tmpdir(), "onsync-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Definition = { authentication: { fields: { key: string }[] } };

describe.each(["public", "staging"] as const)("the %s build", (name) => {
  let built: string;
  let ofSources: string;
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [join(fixtures, "bundle-app.ts"), name, join(folder, name)]);
    [built, ofSources] = JSON.parse(stdout);
  });

  test("tells Zapier what the sources tell it, byte for byte", () => {
    expect(ofSources.length).toBeGreaterThan(40_000);
    expect(built).toBe(ofSources);
  });

  test("is the one that it is called", () => {
    const { authentication } = JSON.parse(built) as Definition;
    const keys = authentication.fields.map(({ key }) => key);
    expect(keys.includes("base_url")).toBe(name === "staging");
  });
});

test("a start loads one file, a hook makes no schema, and an action loads what makes them", async () => {
  const { stdout } = await run(process.execPath, [join(fixtures, "run-steps.mjs"), join(folder, "public")]);
  const { start, hook, search } = JSON.parse(stdout);
  expect(start).toEqual({ result: "", files: ["index.js"], schemas: false });
  expect(hook.result).toEqual([]);
  expect(hook.schemas).toBe(false);
  expect(hook.files).toContain("hooks.js");
  expect(hook.files).not.toContain("actions.js");
  // The labels of its fields are there, too.
  expect(search.result).toContain("Conversation: is missing");
  expect(search.files).toEqual(["actions.js"]);
  expect(search.schemas).toBe(true);
});

describe("the module that a start loads", () => {
  const app = { authentication: {}, triggers: {}, creates: {}, searches: {}, beforeRequest: [] };
  const perform = (_z: unknown, _bundle: unknown) => [];

  test.each([
    ["a function that takes the bundle alone", { triggers: { contact_list: { perform: (_bundle: unknown) => [] } } }],
    ["a step that its file does not have", { triggers: { contact_list: { perform } } }],
    ["a function that no step has", { afterResponse: [perform] }],
  ])("is not written for %s", async (_what, parts) => {
    await expect(writeStart({ ...app, ...parts })).rejects.toThrow(/must|outside/);
  });
});
