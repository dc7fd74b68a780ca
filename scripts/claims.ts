/**
 * What holds each claim of the documents, the help texts and the public docstrings (`scripts/claims/`):
 *
 * - `node scripts/claims.ts` writes docs/claims.md from test/docs/claims.json;
 * - `node scripts/claims.ts --missing` prints what has no entry yet as JSON, in the form of that file: with the holders of
 *   the sentence that it seems to be a new wording of, else with the tests that share most words with it. Look into each
 *   test, and keep the one that fails if the sentence is false;
 * - `node scripts/claims.ts --add < FILE` adds such entries to the file, each in the place of its sentence;
 * - `node scripts/claims.ts --drop` takes the entries out whose sentences are gone.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { isReworded, nearest } from "./claims/nearest.ts";
import {
  allClaims,
  type Entries,
  entriesFile,
  examine,
  inOrder,
  readEntries,
  tableFile,
  tableOf,
  titlesOf,
} from "./claims/register.ts";

const root = join(import.meta.dirname, "..");
const claims = allClaims(root);
const entries = readEntries(root);
const { missing, stale, wrong } = examine(root, claims, entries);

function allTests(): string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const file = join("test", path);
      return [...titlesOf(readFileSync(join(root, file), "utf8"))].map((title) => `${file}: ${title}`);
    });
}

function listMissing(): Entries {
  const tests = allTests();
  const elsewhere = new Map(Object.values(entries).flatMap((ofPlace) => Object.entries(ofPlace)));
  const list: Entries = {};
  for (const { place, text: claim } of missing) {
    const before = stale.filter((entry) => entry.place === place && isReworded(claim, entry.text));
    const [reworded] = nearest(
      claim,
      before.map((entry) => entry.text),
    );
    const holders = elsewhere.get(reworded ?? claim) ?? nearest(claim, tests).slice(0, 4);
    list[place] = { ...list[place], [claim]: holders };
  }
  return list;
}

function write(changed: Entries): void {
  writeFileSync(join(root, entriesFile), `${JSON.stringify(inOrder(claims, changed), null, 2)}\n`);
}

if (process.argv.includes("--missing")) console.log(JSON.stringify(listMissing(), null, 2));
else if (process.argv.includes("--add")) {
  for (const [place, added] of Object.entries(JSON.parse(await text(process.stdin)) as Entries))
    entries[place] = { ...entries[place], ...added };
  write(entries);
} else if (process.argv.includes("--drop")) {
  for (const { place, text: claim } of stale) delete entries[place]?.[claim];
  write(entries);
  console.log(`took out ${stale.length} entries`);
} else {
  writeFileSync(join(root, tableFile), tableOf(claims, entries));
  console.log(`wrote ${tableFile}; ${missing.length} claims have no entry, ${stale.length} entries no claim`);
  for (const finding of wrong) console.log(finding);
}
