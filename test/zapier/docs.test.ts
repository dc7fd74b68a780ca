import { expect, test } from "@jest/globals";
import { documentation } from "./tables.ts";

test("docs/zapier.md has a table of every operation's fields (node test/zapier/tables.ts writes them anew)", () => {
  const { actual, expected } = documentation();
  expect(actual).toBe(expected);
});
