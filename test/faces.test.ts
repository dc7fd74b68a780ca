/** Every face has picked up every operation and event, or names it as left out: nothing is forgotten in silence. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import app from "../index.ts";
import { tools } from "../mcp/tools/index.ts";
import { openApiDocument } from "../reference/index.ts";
import { endpoints, eventTypes } from "../src/api/index.ts";
import { allOperations } from "../src/operations/index.ts";

const names = allOperations.map(({ name }) => name).sort();

/** Zapier's key where it is not the operation's name: searches are named after one result. */
const zapierKeys: Record<string, string> = { find_contacts: "find_contact" };

/** `archive_contact` → `archive-contact` */
function toFileName(name: string): string {
  return name.replaceAll("_", "-");
}

describe("faces", () => {
  test("the command line lists every operation", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["cli/onsync.ts", "call", "--list"]);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^\\s*"?.*\\b${name}\\b`, "m"));
  });

  test("MCP offers every operation as a tool, but those that say what it has instead", () => {
    const leftOut = allOperations.filter((operation) => operation.leftOut.mcp !== undefined).map(({ name }) => name);
    expect([...tools.map((tool) => tool.operation.name), ...leftOut].sort()).toEqual(names);
  });

  test("Zapier has an action or a search for every operation, but those that say what it has instead", () => {
    const inZapier = [...Object.keys(app.creates ?? {}), ...Object.keys(app.searches ?? {})];
    const wanted = allOperations.filter(({ leftOut }) => leftOut.zapier === undefined);
    const keys = wanted.map(({ name }) => zapierKeys[name] ?? name);
    const missing = wanted
      .filter(({ name }) => !inZapier.includes(zapierKeys[name] ?? name))
      .map(
        ({ name, effect }) =>
          `Write ${effect === "reads" ? "searches" : "creates"}/${toFileName(name)}.ts and list it in index.ts, or say in leftOut.zapier of ${name} what Zapier has instead.`,
      );
    expect(missing).toEqual([]);
    expect(inZapier.filter((key) => !keys.includes(key))).toEqual([]);
  });

  test("what a face has instead of an operation is said in words", () => {
    for (const { leftOut } of allOperations) {
      for (const reason of Object.values(leftOut)) expect(reason).toMatch(/\w+ \w+/);
    }
  });

  test("Zapier has a trigger for every event", () => {
    const visible = Object.values(app.triggers ?? {}).filter(({ display }) => !display?.hidden);
    const keys = visible.map(({ key }) => key);
    const missing = eventTypes
      .filter((type) => !keys.includes(type.replace(".", "_")))
      .map((type) => `Write triggers/${type.replace(".", "-")}.ts and list it in index.ts.`);
    expect(missing).toEqual([]);
    expect([...keys].sort()).toEqual(eventTypes.map((type) => type.replace(".", "_")).sort());
  });

  test("a trigger's file has three lines", async () => {
    for (const type of eventTypes) {
      const file = new URL(`../triggers/${type.replace(".", "-")}.ts`, import.meta.url);
      const text = await readFile(file, "utf8");
      expect(text.match(/\n/g)).toHaveLength(3);
      expect(text).toContain(`toHookTrigger("${type}")`);
    }
  });

  test("the OpenAPI document has every endpoint and every event", () => {
    const document = openApiDocument({ extensions: true });
    const operationIds = Object.values(document.paths ?? {}).flatMap((path) =>
      Object.values(path ?? {}).map((operation) => (operation as { operationId?: string }).operationId),
    );
    expect(operationIds.sort()).toEqual(Object.keys(endpoints).sort());
    expect(Object.keys(document.webhooks ?? {}).sort()).toEqual([...eventTypes].sort());
  });
});
