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
import { findNearest, isReworded } from "./claims/nearest.ts";
import { type Entries, entriesFile, openRegister, readTitles, sortEntries, tableFile } from "./claims/register.ts";
import { formatTable } from "./claims/table.ts";

const root = join(import.meta.dirname, "..");
const { claims, entries, findings } = openRegister(root);
const { missing, stale, wrong } = findings;

function allTests(): string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const file = join("test", path);
      return [...readTitles(readFileSync(join(root, file), "utf8"))].map((title) => `${file}: ${title}`);
    });
}

function listMissing(): Entries {
  const tests = allTests();
  const elsewhere = new Map(Object.values(entries).flatMap((ofPlace) => Object.entries(ofPlace)));
  const list: Entries = {};
  for (const { place, text: claim } of missing) {
    const before = stale.filter((entry) => entry.place === place && isReworded(claim, entry.text));
    const [reworded] = findNearest(
      claim,
      before.map((entry) => entry.text),
    );
    const holders = elsewhere.get(reworded ?? claim) ?? findNearest(claim, tests).slice(0, 4);
    list[place] = { ...list[place], [claim]: holders };
  }
  return list;
}

function write(changed: Entries): void {
  writeFileSync(join(root, entriesFile), `${JSON.stringify(sortEntries(claims, changed), null, 2)}\n`);
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
  writeFileSync(join(root, tableFile), formatTable(claims, entries));
  console.log(`wrote ${tableFile}; ${missing.length} claims have no entry, ${stale.length} entries no claim`);
  for (const finding of wrong) console.log(finding);
}
