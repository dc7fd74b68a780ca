/** The documents that one reads first, and those of whoever works on the project. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { tableFile } from "../../scripts/claims/register.ts";
import { documents } from "../../testing/documents/documents.ts";
import { describeDocuments } from "./check-documents.ts";

test("no document is left out", () => {
  const root = join(import.meta.dirname, "../..");
  const pages = (folder: string) => readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  const there = [...pages("docs").map((name) => `docs/${name}`), ...pages("")].filter(
    (name) => name !== "CHANGELOG.md",
  );
  // docs/claims.md is written by a script: test/docs/claims.test.ts looks after it.
  const checked = [...Object.values(documents).flat(), tableFile];
  expect(checked.toSorted()).toEqual(there.toSorted());
});

describeDocuments([...documents.first, ...documents.work]);
