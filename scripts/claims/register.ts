/**
 * What holds each claim: `test/docs/claims.json`, by where the claim stands and its very words, and whether that is there.
 *
 * A claim is held by tests, each named as `test/path/file.test.ts: its title` (of a `test` or a `describe`, as it stands
 * in the file, placeholders included), or by one of `others`, as `kind: what`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { claimsOfDocstrings } from "./docstrings.ts";
import { type Claim, claimsOfDocument } from "./documents.ts";
import { claimsOfHelp } from "./help.ts";
import { nearest } from "./nearest.ts";

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

/** Every claim, by where it stands: documents, then help texts, then docstrings. */
export function allClaims(root: string): Map<string, Claim[]> {
  const documents = readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md") && `docs/${name}` !== tableFile)
    .map((name) => `docs/${name}`);
  return new Map([
    ...["README.md", ...documents.sort()].map(
      (document) => [document, claimsOfDocument(readFileSync(join(root, document), "utf8"))] as const,
    ),
    ...claimsOfHelp(),
    ...claimsOfDocstrings(root),
  ]);
}

export function readEntries(root: string): Entries {
  return JSON.parse(readFileSync(join(root, entriesFile), "utf8")) as Entries;
}

/** Titles of the tests and groups of a test file, as they stand there. */
export function titlesOf(source: string): Set<string> {
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
function wrongHolder(root: string, holder: string, titles: Map<string, Set<string>>): string | undefined {
  const [head = "", what = ""] = splitHolder(holder);
  if (!head.startsWith("test/")) {
    if (!(head in others)) return `"${head}" is no kind: ${Object.keys(others).join(", ")}, or a test`;
    if (what === "") return `"${head}" does not say ${others[head as keyof typeof others]}`;
    if (head === "measured" || head === "command") return scriptThatIsMissing(root, what);
    if (["generated", "code", "types"].includes(head))
      return existsSync(join(root, what)) ? undefined : `no file ${what}`;
    return undefined;
  }
  if (!existsSync(join(root, head))) return `no file ${head}`;
  const known = titles.get(head) ?? titlesOf(readFileSync(join(root, head), "utf8"));
  titles.set(head, known);
  const [like] = nearest(what, [...known]);
  return known.has(what)
    ? undefined
    : `${head} has no test "${what}"${like === undefined ? "" : `; like it: "${like}"`}`;
}

/** `npm run bench` as well as `npm run torture -- --rounds 200`. */
function scriptThatIsMissing(root: string, command: string): string | undefined {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const name = /^npm run (\S+)/.exec(command)?.[1] ?? "";
  return name in scripts ? undefined : `"${command}" runs no script of package.json`;
}

function splitHolder(holder: string): string[] {
  const colon = holder.indexOf(": ");
  return colon < 0 ? [holder] : [holder.slice(0, colon), holder.slice(colon + 2)];
}

export function holdersOf(claim: Claim, entries: Record<string, string[]> = {}): string[] | undefined {
  return entries[claim.text] ?? (claim.table === undefined ? undefined : entries[claim.table]);
}

/** The entries as their sentences come; those whose sentences are gone at the end of their place. */
export function inOrder(claims: Map<string, Claim[]>, entries: Entries): Entries {
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
    const texts = new Set(found.filter((claim) => !holdersOf(claim, entries[place])).map(({ text }) => text));
    for (const text of texts) findings.missing.push({ place, text });
  }
  for (const [place, ofPlace] of Object.entries(entries)) {
    const found = claims.get(place) ?? [];
    for (const [text, holders] of Object.entries(ofPlace)) {
      if (!found.some((claim) => claim.text === text || claim.table === text)) findings.stale.push({ place, text });
      const wrong = holders.length === 0 ? ["names nothing that holds it"] : [];
      for (const holder of holders) wrong.push(...[wrongHolder(root, holder, titles) ?? []].flat());
      findings.wrong.push(...wrong.map((what) => `${place}: "${text}": ${what}`));
    }
  }
  return findings;
}

function inCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** The table of all claims, for a reader: docs/claims.md. */
export function tableOf(claims: Map<string, Claim[]>, entries: Entries): string {
  const sections = [...claims].flatMap(([place, found]) => {
    const rows = new Map<string, string[]>();
    for (const claim of found) {
      const whole = claim.table !== undefined && entries[place]?.[claim.table] && !entries[place]?.[claim.text];
      rows.set(whole ? `The table ${claim.table}` : claim.text, holdersOf(claim, entries[place]) ?? []);
    }
    const lines = [...rows].map(
      ([text, holders]) => `| ${inCell(text)} | ${holders.map((holder) => inCell(holderCell(holder))).join("<br>")} |`,
    );
    return lines.length === 0 ? [] : [`## ${place}\n\n| claim | held by |\n| --- | --- |\n${lines.join("\n")}\n`];
  });
  return `<!-- Written by scripts/claims.ts from ${entriesFile}. Do not edit. -->

# What holds each claim

Every sentence of the documents, the help texts and the public docstrings that speaks of every case (*always*, *never*,
*only*, *each* …), or gives a number, a limit or a default, with what holds it: a test, or one of these.

${Object.entries(others)
  .map(([kind, what]) => `- *${kind}*: ${what}`)
  .join("\n")}

\`npm run claims -- --missing\` lists what has no entry yet; \`npm run claims\` writes this page.

${sections.join("\n")}`;
}

function holderCell(holder: string): string {
  const [head = "", what = ""] = splitHolder(holder);
  return head.startsWith("test/") ? `\`${head}\`: ${what}` : `*${head}*: ${what}`;
}
