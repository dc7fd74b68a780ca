/**
 * What holds each claim: `test/docs/claims.json`, by where the claim stands and its very words, and whether that is there.
 *
 * A claim is held by tests, each named as `test/path/file.test.ts: its title` (of a `test` or a `describe`, as it stands
 * in the file, placeholders included), or by one of `others`, as `kind: what`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDocstringClaims } from "./docstrings.ts";
import { type Claim, readDocumentClaims } from "./documents.ts";
import { readHelpClaims } from "./help.ts";
import { findNearest } from "./nearest.ts";

/** By where a claim stands, then by its words or by the header of its table. */
export type Entries = Record<string, Record<string, string[]>>;

export const entriesFile = "test/docs/claims.json";
export const tableFile = "docs/claims.md";

/** What holds a claim where no test does, and what is to be said of it. */
export const others = {
  measured: "the npm script that measures it",
  command: "the npm script that checks it, beside the suite",
  generated: "the file that it is written from",
  code: "the file that does it, where no test can see it",
  types: "the file whose types hold it: a program that does otherwise does not compile",
  platform: "whose rule it is, and where that says so",
  definition: "what it says a word, a row or a figure means: nothing can make it false",
  disclaimer: "what it does not promise",
  advice: "what it asks the reader to do",
} as const;

/** What was tried once, as it went, promises nothing; nor do figures that a command has measured and written. */
const unclaimed = ["docs/diary.md", "docs/benchmarks.md", tableFile];

/** Every claim, by where it stands: documents, then help texts, then docstrings. */
function readClaims(root: string): Map<string, Claim[]> {
  const documents = readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md") && !unclaimed.includes(`docs/${name}`))
    .map((name) => `docs/${name}`);
  return new Map([
    ...["README.md", ...documents.sort()].map(
      (document) => [document, readDocumentClaims(readFileSync(join(root, document), "utf8"))] as const,
    ),
    ...readHelpClaims(),
    ...readDocstringClaims(root),
  ]);
}

function readEntries(root: string): Entries {
  return JSON.parse(readFileSync(join(root, entriesFile), "utf8")) as Entries;
}

/** Titles of the tests and groups of a test file, as they stand there. */
export function readTitles(source: string): Set<string> {
  const literals = source.matchAll(
    /(?:\b(?:test|it|describe)(?:\.\w+)?|\))\(\s*("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)\s*,/g,
  );
  return new Set(
    [...literals].map(([, literal = ""]) =>
      literal.startsWith('"') ? (JSON.parse(literal) as string) : literal.slice(1, -1),
    ),
  );
}

/** What is wrong with one `holder`; undefined where it is there. */
function checkHolder(root: string, holder: string, titles: Map<string, Set<string>>): string | undefined {
  const [head = "", what = ""] = splitHolder(holder);
  if (!head.startsWith("test/")) {
    if (!(head in others)) return `"${head}" is no kind: ${Object.keys(others).join(", ")}, or a test`;
    if (what === "") return `"${head}" does not say ${others[head as keyof typeof others]}`;
    if (head === "measured" || head === "command") return checkCommand(root, what);
    if (["generated", "code", "types"].includes(head))
      return existsSync(join(root, what)) ? undefined : `no file ${what}`;
    return undefined;
  }
  if (!existsSync(join(root, head))) return `no file ${head}`;
  const known = titles.get(head) ?? readTitles(readFileSync(join(root, head), "utf8"));
  titles.set(head, known);
  const [like] = findNearest(what, [...known]);
  return known.has(what)
    ? undefined
    : `${head} has no test "${what}"${like === undefined ? "" : `; like it: "${like}"`}`;
}

/** `npm run bench` as well as `npm run torture -- --rounds 200`. */
function checkCommand(root: string, command: string): string | undefined {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const name = /^npm run (\S+)/.exec(command)?.[1] ?? "";
  return name in scripts ? undefined : `"${command}" runs no script of package.json`;
}

export function splitHolder(holder: string): string[] {
  const colon = holder.indexOf(": ");
  return colon < 0 ? [holder] : [holder.slice(0, colon), holder.slice(colon + 2)];
}

export function findHolders(claim: Claim, entries: Record<string, string[]> = {}): string[] | undefined {
  return entries[claim.text] ?? (claim.table === undefined ? undefined : entries[claim.table]);
}

/** The entries as their sentences come; those whose sentences are gone at the end of their place. */
export function sortEntries(claims: Map<string, Claim[]>, entries: Entries): Entries {
  const places = [...new Set([...claims.keys(), ...Object.keys(entries)])].filter(
    (place) => Object.keys(entries[place] ?? {}).length > 0,
  );
  return Object.fromEntries(
    places.map((place) => {
      const ofPlace = entries[place] ?? {};
      const texts = (claims.get(place) ?? []).flatMap(({ table, text }) => [table, text]);
      const keys = new Set([...texts.filter((text) => text !== undefined && text in ofPlace), ...Object.keys(ofPlace)]);
      return [place, Object.fromEntries([...keys].map((key) => [key, ofPlace[key as string] ?? []]))];
    }),
  );
}

export type Findings = {
  /** Claims that have no entry. */
  missing: { place: string; text: string }[];
  /** Entries whose words stand nowhere any more. */
  stale: { place: string; text: string }[];
  /** Entries that name what is not there. */
  wrong: string[];
};

export function examine(root: string, claims: Map<string, Claim[]>, entries: Entries): Findings {
  const findings: Findings = { missing: [], stale: [], wrong: [] };
  const titles = new Map<string, Set<string>>();
  for (const [place, found] of claims) {
    const texts = new Set(found.filter((claim) => !findHolders(claim, entries[place])).map(({ text }) => text));
    for (const text of texts) findings.missing.push({ place, text });
  }
  for (const [place, ofPlace] of Object.entries(entries)) {
    const found = claims.get(place) ?? [];
    for (const [text, holders] of Object.entries(ofPlace)) {
      if (!found.some((claim) => claim.text === text || claim.table === text)) findings.stale.push({ place, text });
      const wrong = holders.length === 0 ? ["names nothing that holds it"] : [];
      for (const holder of holders) wrong.push(...[checkHolder(root, holder, titles) ?? []].flat());
      findings.wrong.push(...wrong.map((what) => `${place}: "${text}": ${what}`));
    }
  }
  return findings;
}

/** The claims and entries of a project, and what is wrong with them. */
export function openRegister(root: string) {
  const claims = readClaims(root);
  const entries = readEntries(root);
  return { claims, entries, findings: examine(root, claims, entries) };
}
