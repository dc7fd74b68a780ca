/** The documents that one reads first, and those of whoever works on the project. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { checkDocuments, documents } from "./check-documents.ts";

test("no document is left out", () => {
  const there = readdirSync(join(import.meta.dirname, "../../docs")).filter((name) => name.endsWith(".md"));
  const checked = Object.values(documents).flat();
  expect(checked.toSorted()).toEqual(["README.md", ...there.map((name) => `docs/${name}`)].toSorted());
});

checkDocuments([...documents.first, ...documents.work]);
