import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { withBehaviourTables } from "../../testing/hostile/promises/table.ts";

test("docs/reliability.md promises for each behaviour what the suite holds the client to (npm run behaviours)", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reliability.md"), "utf8");
  expect(withBehaviourTables(page)).toBe(page);
});
