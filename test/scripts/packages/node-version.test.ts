/** What a package says on a Node that it does not run on: the range of package.json as an oracle, and the code of the check. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { createVersionCheck, describeRange } from "../../../scripts/packages/node-version.ts";
import { manifest, nodeOf, packages } from "../../../scripts/packages/table.ts";

/** What the check says on that Node; `null`: nothing. */
function check(node: string): string | null {
  const process = { versions: { node } };
  try {
    runInNewContext(createVersionCheck("onsync-webhooks", manifest.engines.node), { process });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a package for Node alone", () => {
  test.each(["18.20.8", "20.20.2", "22.20.9", "23.11.1", "24.4.1"])(
    "says so, and what it needs, on Node %s",
    (node) => {
      expect(check(node)).toBe(`onsync-webhooks needs Node 22, from 22.21 on, or 24.5 or newer, and this is v${node}.`);
    },
  );

  test.each(["22.21.0", "22.30.1", "24.5.0", "25.0.0", "26.10.0"])("says nothing on Node %s", (node) => {
    expect(check(node)).toBeNull();
  });
});

test("what is no Node is not asked for its version", () => {
  const code = createVersionCheck("onsync", ">=20.19.0");
  expect(() => runInNewContext(code, {})).not.toThrow();
  expect(() => runInNewContext(code, { process: {} })).not.toThrow();
  expect(() => runInNewContext(code, { process: { versions: { node: "18.20.8" } } })).toThrow(
    "onsync needs Node 20.19 or newer, and this is v18.20.8.",
  );
});

test("a range that the sentence could not put into words is refused where the package is made", () => {
  expect(describeRange(">=20.19.0")).toBe("Node 20.19 or newer");
  expect(() => describeRange("20.x")).toThrow("no range that can be put into words: 20.x");
});

test("each package has a range that can be put into words", () => {
  for (const each of packages) expect(describeRange(nodeOf(each))).toMatch(/^Node \d/);
});
