/** docs/mcp.md names what there is, and nothing that there is not. */
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { Command } from "commander";
import { addSafetyOptions } from "../../cli/mcp/safety-options.ts";
import { createSurface } from "../../mcp/surface/index.ts";
import { tools } from "../../mcp/tools/index.ts";
import { measureTokens } from "../../scripts/mcp/tokens.ts";
import { toolsets } from "../../src/operations/toolsets.ts";
import { scripted } from "./session.ts";

const page = readFileSync(new URL("../../docs/mcp.md", import.meta.url), "utf8");

/** A section, its lines joined. */
function section(title: string): string {
  return (page.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "").replace(/\n(?=\S)(?!\|)/g, " ");
}

const { prompts, resources } = createSurface({ onsync: scripted({}) });

test("each tool has its row", () => {
  const rows = [...section("Tools").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(tools.map(({ definition }) => definition.name));
});

test("each prompt, its arguments and each resource are named", () => {
  for (const { name, arguments: known } of prompts.list) {
    expect(section("Tools")).toContain(`\`${name}\` (${known.map((argument) => `\`${argument.name}\``).join(", ")})`);
  }
  for (const { uri } of resources.list) expect(page).toContain(uri);
  for (const { uriTemplate } of resources.templates) expect(page).toContain(uriTemplate);
});

test("each option that restricts the assistant is explained, and each toolset named", () => {
  const { options } = addSafetyOptions(new Command());
  expect(options.length).toBeGreaterThan(5);
  for (const { long } of options) expect(section("What to choose")).toContain(`\`${long}`);
  expect(page).toContain(`\`${toolsets.join(" ")}\``);
});

test("the tokens named are those counted", () => {
  const said = Number(/together cost a model about ([\d,]+) tokens/.exec(page)?.[1]?.replace(",", ""));
  expect(Math.abs(measureTokens().together - said)).toBeLessThan(50);
});
