/** What lies beside the app in Zapier's zip says the same in fewer characters. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { stripPackages } from "../../../scripts/zapier/strip.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-strip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function strip(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  stripPackages(folder);
  return readFileSync(join(folder, name), "utf8");
}

test("comments and white space go, names and the license stay", () => {
  const text = `/*! Copyright: somebody */
// What it does.
function addNumbers(first, second) {
  return first + second; /* the sum */
}
module.exports = { addNumbers, pattern: /a  b/, text: "a  // b" };
`;
  const stripped = strip("add.cjs", text);
  expect(stripped).toContain("Copyright: somebody");
  expect(stripped).not.toMatch(/What it does|the sum/);
  expect(stripped.length).toBeLessThan(text.length - 40);
  const { addNumbers, pattern, text: kept } = createRequire(import.meta.url)(join(folder, "add.cjs"));
  expect([addNumbers.name, addNumbers.length, addNumbers(1, 2)]).toEqual(["addNumbers", 2, 3]);
  expect([pattern.source, kept]).toEqual(["a  b", "a  // b"]);
});

test("imports and exports stay what they are", () => {
  expect(strip("module.mjs", 'import { join } from "node:path";\nexport default join;\n')).toBe(
    'import{join}from"node:path";export default join;\n',
  );
});

test("data says the same", () => {
  expect(strip("data.json", '{\n  "a": [1, 2],\n  "b": "x  y"\n}\n')).toBe('{"a":[1,2],"b":"x  y"}');
});

test("a package.json keeps what it is found, run and licensed by", () => {
  const used = {
    name: "add",
    version: "1.2.3",
    license: "MIT",
    author: "Somebody",
    type: "module",
    main: "./a.cjs",
    module: "./a.js",
    browser: { "./a.js": false },
    exports: { ".": { import: "./a.js", default: "./a.cjs" } },
    imports: { "#b": "./b.js" },
    dependencies: { c: "^1.0.0" },
  };
  const others = { description: "Adds.", scripts: { test: "x" }, devDependencies: { d: "1.0.0" }, keywords: ["add"] };
  expect(JSON.parse(strip("package.json", JSON.stringify({ ...others, ...used })))).toEqual(used);
});

test.each([
  ["broken.js", "const = ;"],
  ["broken.json", "{ // a comment\n}"],
  ["package.json", "{ // a comment\n}"],
  ["README.md", "# A  page\n"],
])("%s is left as it is", (name, text) => {
  expect(strip(name, text)).toBe(text);
});

test("folders are no files, whatever their name", () => {
  mkdirSync(join(folder, "package.js"));
  writeFileSync(join(folder, "package.js", "index.js"), "// a comment\nmodule.exports = 1;\n");
  stripPackages(folder);
  expect(readFileSync(join(folder, "package.js", "index.js"), "utf8")).toBe("module.exports=1;\n");
});
