/** The tables that are made of the code are as the code has it. */
import { describe, expect, test } from "@jest/globals";
import { documents, readDocument, replaceTables } from "../../scripts/tables.ts";

test.each(Object.keys(documents))("%s has its tables as the code has them (else: npm run tables)", (file) => {
  const { actual, expected } = readDocument(file);
  expect(actual).toBe(expected);
});

describe("a table", () => {
  test("is put between its marks, and nothing else is changed", () => {
    const page = "# A\n<!-- table: a -->\nold\n<!-- /table: a -->\nafter\n";
    expect(replaceTables(page, { a: () => "new" })).toBe(
      "# A\n<!-- table: a -->\n\nnew\n\n<!-- /table: a -->\nafter\n",
    );
  });

  test("without a place for it is an error that shows the marks", () => {
    expect(() => replaceTables("# A\n", { a: () => "new" })).toThrow("<!-- table: a --> and <!-- /table: a -->");
  });
});
