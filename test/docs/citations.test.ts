/** What a comment cites is there: a file of this repository, and the section of it that is named. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");

const rooms = [
  "bench",
  "cli",
  "creates",
  "mcp",
  "reference",
  "scripts",
  "searches",
  "src",
  "test",
  "triggers",
  "zapier",
];

/** Paths from the root, as comments write them. Those that only show a form (`test/path/file.test.ts`, `NAME.ts`) are none. */
const cited = new RegExp(`(?<![\\w/.@:-])(?:docs|${rooms.join("|")})/[\\w./-]*\\w\\.\\w+`, "g");
const onlyForms = /\bpath\/file\b|\/[A-Z]+\./;

/** A file of docs/ with a section of it: `docs/contract.md, "Errors"` or `docs/onsync-api.txt sends ("Webhooks")`. */
const citedSection = /(docs\/[\w.-]+\.(?:md|txt))(?:, | \w+ \(|: )"([^"]+)"/g;

/** What stands outside the repository, or was cited without its file. */
const outside = /\bdesign[:,] |\((?:the )?contract, [A-Z]|[("](?:[A-Z][\w &]+)" of the API's documentation|\/work\//;

/** The comments of a source, each with the number of its first line; lines of one comment are joined. */
function commentsOf(source: string): { line: number; text: string }[] {
  const comments: { line: number; text: string }[] = [];
  let open = false;
  for (const [index, line] of source.split("\n").entries()) {
    const whole = /^\s*(?:\/\*\*?|\*(?!\/)|\/\/)(.*)$/.exec(line)?.[1];
    const text = whole ?? /\s\/\/ (.*)$/.exec(line)?.[1];
    const isNext = open && whole !== undefined && !/^\s*\/\*/.test(line);
    const last = comments.at(-1);
    if (text === undefined) open = false;
    else if (isNext && last) last.text += ` ${text.trim()}`;
    else comments.push({ line: index + 1, text: text.trim() });
    open = whole !== undefined;
  }
  return comments;
}

/**
 * Whether the file has that heading. The API's documentation marks none: there it is a line of its own, which may stand
 * behind the brace that ends an example.
 */
function hasSection(file: string, section: string): boolean {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return file.endsWith(".md")
    ? lines.some((line) => line.replace(/^#+ /, "") === section && line !== section)
    : lines.some((line) => line.replace(/^\}|:$/g, "") === section);
}

function findingsIn(source: string): string[] {
  return commentsOf(source).flatMap(({ line, text }) => {
    const missing = (text.match(cited) ?? []).filter((path) => !onlyForms.test(path) && !existsSync(join(root, path)));
    const unknown = [...text.matchAll(citedSection)].filter(
      ([, file = "", section = ""]) => existsSync(join(root, file)) && !hasSection(file, section),
    );
    return [
      ...missing.map((path) => `line ${line}: there is no ${path}`),
      ...unknown.map(([, file, section]) => `line ${line}: ${file} has no section "${section}"`),
      ...(outside.test(text) ? [`line ${line}: cites what is not in the repository: ${text}`] : []),
    ];
  });
}

test("every comment cites files and sections that are there", () => {
  const files = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .map((file) => join(room, file))
      .filter((file) => /\.(?:ts|js|cjs)$/.test(file) && !/node_modules/.test(file))
      .filter((file) => !import.meta.filename.endsWith(file)),
  );
  expect(files.length).toBeGreaterThan(400);
  const findings = files.flatMap((file) =>
    findingsIn(readFileSync(join(root, file), "utf8")).map((finding) => `${file}, ${finding}`),
  );
  expect(findings).toEqual([]);
});

test.each([
  ["a file that is gone", "/** See docs/none.md. */", "line 1: there is no docs/none.md"],
  [
    "a section that is gone",
    '// See docs/contract.md, "Nothing".',
    'line 1: docs/contract.md has no section "Nothing"',
  ],
  [
    "a sentence of a page, which is no section",
    '// docs/contract.md, "It makes orgs"',
    'line 1: docs/contract.md has no section "It makes orgs"',
  ],
  [
    "a section over the end of a line",
    'code();\n/**\n * As docs/onsync-api.txt,\n * "Nothing here", has it.\n */',
    'line 2: docs/onsync-api.txt has no section "Nothing here"',
  ],
  ["a comment behind code", "const one = 1; // src/none.ts", "line 1: there is no src/none.ts"],
  [
    "a page of somewhere else",
    "// ours (design: a union)",
    "line 1: cites what is not in the repository: ours (design: a union)",
  ],
  [
    "a section without its file",
    "// x (contract, Errors)",
    "line 1: cites what is not in the repository: x (contract, Errors)",
  ],
])("%s is noticed", (_what, source, finding) => {
  expect(findingsIn(source)).toEqual([finding]);
});

test("files, sections, forms and code are left alone", () => {
  const source = [
    '/** docs/contract.md, "Errors", and docs/onsync-api.txt sends ("Messaging API"). */',
    "// Named as `test/path/file.test.ts`, in src/operations/NAME.ts; node_modules/src/none.ts is no path of ours.",
    'const path = "docs/none.md";',
  ];
  expect(findingsIn(source.join("\n"))).toEqual([]);
});
