/** What the client has of the schemas is written from them, and stands in the repository as it is written. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { wireFiles } from "../../scripts/wire/files.ts";
import { RuleWriter } from "../../scripts/wire/rule-source.ts";

const root = join(import.meta.dirname, "../..");

describe("npm run wire", () => {
  test.each(Object.entries(wireFiles()))("%s is as it writes it", (file, text) => {
    expect(readFileSync(join(root, file), "utf8")).toBe(text);
  });

  test.each([
    ["a check that the client could not make", z.string().refine((value) => value !== "x"), "put it there"],
    ["a field that would be dropped", z.object({ a: z.string() }), "make it loose or strict"],
    ["a kind that it does not know", z.date(), "there is no rule for a schema of type date"],
    ["a transformation", z.string().transform(Number), "there is no rule for a schema of type pipe"],
  ])("refuses %s, and says what to do", (_what, schema, message) => {
    expect(() => new RuleWriter().write(schema)).toThrow(message);
  });
});
