/**
 * The measures of the house: a function of 60 lines, a file of 250, a folder of 15. What exceeds them stands in
 * `house-rules.ts`, with the reason. The sources are read by their indentation, which the formatter sees to.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { exceptions } from "./house-rules.ts";

const root = join(import.meta.dirname, "..");
const maxFunctionLines = 60;
const maxFileLines = 250;
const maxFolderFiles = 15;

const product = ["src", "triggers", "creates", "searches", "zapier", "mcp", "reference", "cli"];
const rooms = [...product, "bench", "scripts", "testing", "test"];

/** Written by a program, or installed. */
const skippedFolders = new Set(["node_modules", "dist", "build", "fixtures"]);

function listFolders(folder: string): string[] {
  const inside = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skippedFolders.has(entry.name) && !entry.name.startsWith("."))
    .map((entry) => `${folder}/${entry.name}`);
  return [folder, ...inside.flatMap(listFolders)];
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${entry.name}`);
}

type Length = { name: string; lines: number };

const beginsFunction =
  /^(?:export )?(?:default )?(?:async )?function\*? ?(\w*)|^(?:export )?(?:const|let) (\w+)(?:: [^=]+)? = (?:async )?(?:<.*>)?\(.*(?:=>|\($|\{$)|^(?:(?:public|private|protected|static|override|async|get|set) )*\*?(#?\w+)(?:<.*>)?\(.*(?:\{|\()$|^(\w+): (?:async )?\(.*(?:=>.*|\()$/;
/** What looks like a method: a name, parentheses and a brace. */
const keywords = new Set(["if", "for", "while", "switch", "catch", "return", "await", "super", "test", "expect"]);
/** A group of tests is no function that somebody has to keep in mind. */
const group = /^describe|^(?:before|after)(?:Each|All)$/;

/** Where what begins at a line ends: the last line before one that is not further in, the closing brace included. */
function findEnd(lines: readonly string[], start: number, indent: number): number {
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.trim() === "" || line.search(/\S/) > indent) continue;
    // The end of a signature of several lines.
    if (/^\s*[)}\]].*(?:\{|=>|\()$/.test(line)) continue;
    return /^\s*[)}\]]/.test(line) ? index : index - 1;
  }
  return lines.length - 1;
}

function measureFunctions(source: string): Length[] {
  const lines = source.split("\n");
  return lines.flatMap((line, start) => {
    const indent = line.search(/\S/);
    const found = indent < 0 ? null : beginsFunction.exec(line.slice(indent));
    const name = found?.slice(1).find((group) => group !== undefined);
    if (name === undefined || keywords.has(name) || group.test(name)) return [];
    return [{ name, lines: findEnd(lines, start, indent) - start + 1 }];
  });
}

function countLines(file: string): number {
  return readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
}

const folders = rooms.flatMap(listFolders);
const sources = folders.flatMap(listFiles).filter((file) => /\.(?:[cm]?[jt]s|css)$/.test(file));

/** @returns what exceeds a measure without an exception, and the exceptions that nothing needs */
function compare(exceeding: readonly string[], known: Readonly<Record<string, string>>): string[] {
  const isNeeded = (exception: string) => exceeding.some((what) => what.startsWith(`${exception} (`));
  const isKnown = (what: string) => Object.keys(known).some((exception) => what.startsWith(`${exception} (`));
  return [
    ...exceeding.filter((what) => !isKnown(what)),
    ...Object.keys(known)
      .filter((exception) => !isNeeded(exception))
      .map((exception) => `${exception}: needs no exception`),
  ];
}

describe("the measures of the house (test/house-rules.ts lists what exceeds them, and why)", () => {
  test(`no function is longer than ${maxFunctionLines} lines`, () => {
    const files = sources.filter((file) => !file.endsWith(".css"));
    const long = files.flatMap((file) =>
      measureFunctions(readFileSync(join(root, file), "utf8"))
        .filter(({ lines }) => lines > maxFunctionLines)
        .map(({ name, lines }) => `${file}: ${name} (${lines} lines)`),
    );
    expect(compare(long, exceptions.functions)).toEqual([]);
  });

  test(`no file is longer than ${maxFileLines} lines`, () => {
    const long = sources.map((file) => ({ file, lines: countLines(file) })).filter(({ lines }) => lines > maxFileLines);
    const told = long.map(({ file, lines }) => `${file} (${lines} lines)`);
    expect(compare(told, exceptions.files)).toEqual([]);
  });

  test(`no folder has more than ${maxFolderFiles} files`, () => {
    const full = folders
      .map((folder) => ({ folder, files: listFiles(folder).length }))
      .filter(({ files }) => files > maxFolderFiles);
    const told = full.map(({ folder, files }) => `${folder} (${files} files)`);
    expect(compare(told, exceptions.folders)).toEqual([]);
  });

  test.each(["functions", "files", "folders"] as const)("each exception of %s has a reason", (kind) => {
    for (const reason of Object.values(exceptions[kind])) expect(reason).toMatch(/^[A-Z].{15,}[^.]$/s);
  });
});

describe("a function", () => {
  const body = Array.from({ length: 4 }, (_, index) => `  work(${index});`).join("\n");

  test.each([
    ["declared", `export async function send(a: string): void {\n${body}\n}`, "send", 6],
    ["with a signature of several lines", `function send(\n  a: string,\n): void {\n${body}\n}`, "send", 8],
    ["with an object taken apart", `function send({\n  a,\n}: Options): void {\n${body}\n}`, "send", 8],
    ["that generates", `export function* walk(): Items {\n${body}\n}`, "walk", 6],
    ["held by a constant", `const send = async (a: string): Promise<void> => {\n${body}\n};`, "send", 6],
    ["without a body of its own", "const send = (a: string) =>\n  a;\nconst b = 1;", "send", 2],
    ["of a class", `class A {\n  async #send(a: string) {\n    work();\n  }\n}`, "#send", 3],
    ["of an object", `return {\n  send(a) {\n    work();\n  },\n};`, "send", 3],
    ["that is a field of an object", `return {\n  send: async (a) => {\n    work();\n  },\n};`, "send", 3],
  ])("%s is measured from its name to its end", (_, source, name, lines) => {
    expect(measureFunctions(source)).toEqual([{ name, lines }]);
  });

  test("is not an if, a loop or a switch", () => {
    expect(measureFunctions("if (a) {\n  b();\n}\nfor (const a of b) {\n  c();\n}\nswitch (a) {\n}")).toEqual([]);
  });
});

test("a measure that is exceeded is told, and an exception that nothing needs", () => {
  expect(compare(["a.ts (300 lines)", "b.ts (251 lines)"], { "a.ts": "", "c.ts": "" })).toEqual([
    "b.ts (251 lines)",
    "c.ts: needs no exception",
  ]);
});

test("nothing that Node 18 has not is imported by name: it would end before the packages say that it is too old", () => {
  const sources = product.flatMap(listFolders).flatMap(listFiles);
  const named = sources.filter((file) =>
    /^import [^;]*\bhash\b[^;]*"node:crypto"/m.test(readFileSync(join(root, file), "utf8")),
  );
  expect(named).toEqual([]);
});
