/** Whatever is promised is held: each claim of the documents, help texts and docstrings has an entry that names its test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readDocumentClaims } from "../../scripts/claims/documents.ts";
import { findNearest, isReworded } from "../../scripts/claims/nearest.ts";
import { examine, openRegister, readTitles, sortEntries, tableFile } from "../../scripts/claims/register.ts";
import { isClaim, splitSentences } from "../../scripts/claims/sentences.ts";
import { formatTable } from "../../scripts/claims/table.ts";

const root = join(import.meta.dirname, "../..");
const { claims, entries, findings } = openRegister(root);

function listed(found: readonly { place: string; text: string }[]): string[] {
  return found.map(({ place, text }) => `${place}: ${text}`);
}

describe("every claim is held", () => {
  test("it has an entry (else: npm run claims -- --missing, and name in test/docs/claims.json the test that holds it)", () => {
    expect(listed(findings.missing)).toEqual([]);
  });

  test("its entry is of a sentence that stands there (else: npm run claims -- --drop)", () => {
    expect(listed(findings.stale)).toEqual([]);
  });

  test("its entry names what is there (else: give in test/docs/claims.json the test's title as it is now)", () => {
    expect(findings.wrong).toEqual([]);
  });

  test("docs/claims.md is the table of these entries (else: npm run claims)", () => {
    expect(readFileSync(join(root, tableFile), "utf8")).toBe(formatTable(claims, entries));
  });
});

describe("a claim", () => {
  test.each([
    "It is never sent twice.",
    "Every command has `--help`.",
    "At most four attempts.",
    "A call ends within 30 s.",
    "Default `https://api.onsync.com/v1`.",
    "The server answers 401.",
    "Half a minute later it is tried again.",
  ])("%s", (sentence) => {
    expect(isClaim(sentence)).toBe(true);
  });

  test.each([
    "It runs on Node 24.21 and Redis 7.0.",
    "A signature is an HMAC-SHA256 in UTF-8.",
    "Open http://127.0.0.1:4000/ in a browser.",
    "Take `--limit 5` or `+971500000000`.",
    "The 24-hour window is open.",
    "Once your server is mended, go on.",
  ])("is none: %s", (sentence) => {
    expect(isClaim(sentence)).toBe(false);
  });

  test("is a sentence, which ends neither in code nor in a number", () => {
    expect(splitSentences("It takes `a. B` for 0.5 s. `x` is\nnever sent. (Nor y.) And z?")).toEqual([
      "It takes `a. B` for 0.5 s.",
      "`x` is never sent.",
      "(Nor y.)",
      "And z?",
    ]);
  });

  test("of a document stands in a paragraph, a list or a row, and neither in a fence nor in what a script wrote", () => {
    const markdown = [
      "# Never *late*",
      "It is sent",
      "[once](x.md). It rains.",
      "- each **item**",
      "  1. no claim",
      "```sh\nnever",
      "```",
      "<!-- table: fields -->\n\nalways\n\n<!-- /table: fields -->",
      "| fault | outcome |",
      "| --- | --- |",
      "| none | `a\\|b`, at most 3 |",
    ];
    expect(readDocumentClaims(markdown.join("\n"))).toEqual([
      { text: "Never late", section: "Never late" },
      { text: "It is sent once.", section: "Never late" },
      { text: "each item", section: "Never late" },
      { text: "none | `a|b`, at most 3", section: "Never late", table: "| fault | outcome |" },
    ]);
  });
});

describe("an entry", () => {
  const claimed = new Map([["docs/x.md", [{ text: "It is never late.", section: "" }]]]);
  const wrong = (holders: string[]) => examine(root, claimed, { "docs/x.md": { "It is never late.": holders } }).wrong;

  test.each([
    ["that names nothing", [], "names nothing"],
    ["of no kind", ["hope: it will do"], "is no kind"],
    ["that gives no reason", ["advice"], "does not say"],
    ["of a test that is not there", ["test/docs/claims.test.ts: nothing like it"], "has no test"],
    ["of a file that is not there", ["test/docs/none.test.ts: x"], "no file"],
    ["of a command that is not there", ["measured: npm run guess"], "runs no script"],
  ])("%s is noticed", (_, holders, message) => {
    expect(wrong(holders)).toEqual([expect.stringContaining(message)]);
  });

  test("may name several tests, and is noticed where its sentence is gone", () => {
    expect(wrong(["test/docs/claims.test.ts: a claim", "command: npm run torture -- --rounds 200"])).toEqual([]);
    const { missing, stale } = examine(root, claimed, { "docs/x.md": { "It is late.": ["advice: wait"] } });
    expect({ missing, stale }).toEqual({
      missing: [{ place: "docs/x.md", text: "It is never late." }],
      stale: [{ place: "docs/x.md", text: "It is late." }],
    });
  });

  test("is written in the order of the sentences", () => {
    const claims = new Map([
      ["a", ["1", "2", "3"].map((text) => ({ text, section: "", ...(text === "3" && { table: "| t |" }) }))],
    ]);
    const given = { b: { x: ["advice: x"] }, a: { gone: [], "| t |": [], "2": [], "1": [] }, none: {} };
    expect(JSON.stringify(sortEntries(claims, given))).toBe(
      '{"a":{"1":[],"2":[],"| t |":[],"gone":[]},"b":{"x":["advice: x"]}}',
    );
  });

  test("of a sentence that was reworded is known again", () => {
    expect(isReworded("A wait is never shortened by us.", "A wait that OnSync asks for is never shortened.")).toBe(
      true,
    );
    expect(isReworded("A wait is never shortened.", "At most four attempts are made, with a wait between them.")).toBe(
      false,
    );
    expect(findNearest("never shortened", ["the deadline", "a wait is shortened", "it is never shortened"])).toEqual([
      "it is never shortened",
      "a wait is shortened",
    ]);
  });

  test("finds titles of plain tests, of tables and of groups", () => {
    const source =
      'test("a \\"b\\"", () => {});\ntest.each([f(1)])("%s", () => {});\ndescribe(`c`, () => {});\nn(")x", 1);';
    expect([...readTitles(source)]).toEqual(['a "b"', "%s", "c"]);
  });
});
