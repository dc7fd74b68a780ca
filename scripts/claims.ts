/**
 * What holds each claim of the documents, the help texts and the public docstrings (`scripts/claims/`):
 *
 * - `node scripts/claims.ts` writes docs/claims.md from test/docs/claims.json;
 * - `node scripts/claims.ts --missing` prints what has no entry yet as JSON, in the form of that file, with the tests that
 *   use most of its words: look into each, keep the one that fails if the sentence is false, and add it to the file;
 * - `node scripts/claims.ts --drop` takes the entries out whose sentences are gone.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  allClaims,
  type Entries,
  entriesFile,
  examine,
  readEntries,
  tableFile,
  tableOf,
  titlesOf,
} from "./claims/register.ts";

const root = join(import.meta.dirname, "..");
const claims = allClaims(root);
const entries = readEntries(root);
const { missing, stale, wrong } = examine(root, claims, entries);

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z]{4,}/g));

/** The tests whose path and title share most words with a sentence, weighed by how rare each word is among them. */
const suggestionsFor = (text: string, tests: readonly { name: string; words: Set<string> }[]): string[] => {
  const wanted = [...wordsOf(text)].map((word) => ({
    word,
    weight: 1 / (1 + tests.filter(({ words }) => words.has(word)).length),
  }));
  return tests
    .map(({ name, words }) => ({
      name,
      score: wanted.reduce((sum, { word, weight }) => sum + (words.has(word) ? weight : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 4)
    .map(({ name }) => name);
};

const listMissing = (): Entries => {
  const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const file = join("test", path);
      return [...titlesOf(readFileSync(join(root, file), "utf8"))].map((title) => `${file}: ${title}`);
    })
    .map((name) => ({ name, words: wordsOf(name) }));
  const held = new Map(Object.values(entries).flatMap((ofPlace) => Object.entries(ofPlace)));
  const list: Entries = {};
  for (const { place, text } of missing) {
    const ofPlace = list[place] ?? {};
    ofPlace[text] = held.get(text) ?? suggestionsFor(text, tests);
    list[place] = ofPlace;
  }
  return list;
};

if (process.argv.includes("--missing")) console.log(JSON.stringify(listMissing(), null, 2));
else if (process.argv.includes("--drop")) {
  for (const { place, text } of stale) delete entries[place]?.[text];
  const kept = Object.fromEntries(Object.entries(entries).filter(([, ofPlace]) => Object.keys(ofPlace).length > 0));
  writeFileSync(join(root, entriesFile), `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`took out ${stale.length} entries`);
} else {
  writeFileSync(join(root, tableFile), tableOf(claims, entries));
  console.log(`wrote ${tableFile}; ${missing.length} claims have no entry, ${stale.length} entries no claim`);
  for (const finding of wrong) console.log(finding);
}
