/** The page that says how to add an operation can be followed: `npm run adding` does, and runs all checks of what it makes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { applyEdit, type Edit, readEdits } from "../../testing/documents/edits.ts";

const root = join(import.meta.dirname, "../..");
const edits = readEdits(readFileSync(join(root, "docs/adding-an-operation.md"), "utf8"));

test("the steps of docs/adding-an-operation.md fit the files as they are (else: change the page)", () => {
  const files = new Map<string, string | undefined>();
  for (const edit of edits) {
    if (edit.kind === "run") continue;
    const path = join(root, edit.file);
    if (!files.has(edit.file)) files.set(edit.file, existsSync(path) ? readFileSync(path, "utf8") : undefined);
    files.set(edit.file, applyEdit(edit, files.get(edit.file)));
  }
  expect([...files.keys()].filter((file) => file.startsWith("src/"))).toEqual([
    "src/operations/archive-contact.ts",
    "src/operations/index.ts",
    "src/api/events.ts",
  ]);
});

test("the files that docs/adding-an-operation.md has one write import what is there", () => {
  const written = edits.filter((edit) => edit.kind === "write");
  expect(written.length).toBeGreaterThan(2);
  const missing = written.flatMap(({ line, file, text }) =>
    [...text.matchAll(/from "(\.[^"]+)"/g)]
      .map(([, path = ""]) => join(file, "..", path))
      .filter((path) => !written.some((other) => other.file === path) && !existsSync(join(root, path)))
      .map((path) => `line ${line}: ${path}`),
  );
  expect(missing).toEqual([]);
});

describe("an edit", () => {
  const fence = "```";
  const [write, change] = readEdits(
    [`${fence}ts a/b.ts`, "one", "two", fence, "", `${fence}diff c.ts`, " one", "-two", "+2", " three", fence].join(
      "\n",
    ),
  ) as [Exclude<Edit, { kind: "run" }>, Exclude<Edit, { kind: "run" }>];

  test("is a file to write, a change of one, or commands to run; other code is none", () => {
    expect(write).toEqual({ kind: "write", line: 1, file: "a/b.ts", text: "one\ntwo\n" });
    expect(change).toEqual({
      kind: "change",
      line: 6,
      file: "c.ts",
      before: "one\ntwo\nthree\n",
      after: "one\n2\nthree\n",
    });
    expect(readEdits([`${fence}sh`, "ls", fence].join("\n"))).toEqual([{ kind: "run", line: 1, commands: "ls" }]);
    expect(readEdits([`${fence}ts`, "a", fence, `${fence}json`, "{}", fence].join("\n"))).toEqual([]);
  });

  test("changes what it says, and what was changed already no more", () => {
    const changed = applyEdit(change, "zero\none\ntwo\nthree\nfour\n");
    expect(changed).toBe("zero\none\n2\nthree\nfour\n");
    expect(applyEdit(change, changed)).toBe(changed);
    expect(applyEdit(write, undefined)).toBe("one\ntwo\n");
    expect(applyEdit(write, "one\ntwo\n")).toBe("one\ntwo\n");
  });

  test("that cannot be made says where and why", () => {
    expect(() => applyEdit(write, "three\n")).toThrow("line 1: a/b.ts is there already, with another text");
    expect(() => applyEdit(change, undefined)).toThrow("line 6: c.ts is not there");
    expect(() => applyEdit(change, "one\n")).toThrow("has them 0 times:\none\ntwo\nthree\n");
    expect(() => applyEdit(change, "one\ntwo\nthree\n".repeat(2))).toThrow("has them 2 times");
  });
});
