/** What docs/troubleshooting.md quotes is what somebody can see. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

test("every message that the page quotes is one of the code's", () => {
  const code = ["cli", "src", "mcp", "zapier"]
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .map(read)
    .join("\n");
  const quoted = [...read("docs/troubleshooting.md").matchAll(/^\| `([^`]+ [^`]+)` \|/gm)].map(([, text = ""]) => text);
  expect(quoted.length).toBeGreaterThan(12);
  expect(quoted.filter((text) => !code.includes(text))).toEqual([]);
});
