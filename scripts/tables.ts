/**
 * Writes the tables of the documents that are made of the code: `node scripts/tables.ts`. Each stands between
 * `<!-- table: NAME -->` and `<!-- /table: NAME -->`; `test/docs/tables.test.ts` says when one is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createReasonTable, createScoreTable, readReport } from "./mutation/report.ts";
import { createEventTable, createExtensionTable } from "./tables/api.ts";
import { createPowerTable, createToolTable, describeTokens } from "./tables/mcp.ts";
import { createMetricsTable } from "./tables/metrics.ts";
import { createFieldTables, createScopeTable } from "./tables/zapier.ts";

const root = join(import.meta.dirname, "..");

/** The tables of each document, by name. */
export const documents: Record<string, Record<string, () => string>> = {
  "docs/mcp.md": { tokens: describeTokens, tools: createToolTable },
  "docs/mutation.md": {
    scores: () => createScoreTable(readReport()),
    survivors: () => createReasonTable(readReport()),
  },
  "docs/metrics.md": { metrics: createMetricsTable },
  "docs/security.md": { powers: createPowerTable },
  "docs/zapier.md": { scopes: createScopeTable, fields: createFieldTables },
  "docs/events.md": { events: createEventTable },
  "docs/contract.md": { extensions: createExtensionTable },
};

/** A page with the tables given put between their marks. @throws Error where it has no place for one */
export function replaceTables(page: string, tables: Record<string, () => string>): string {
  return Object.entries(tables).reduce((text, [name, make]) => {
    const [begins, ends] = [`<!-- table: ${name} -->`, `<!-- /table: ${name} -->`];
    const [start, end] = [text.indexOf(begins), text.indexOf(ends)];
    if (start < 0 || end < start) throw new Error(`there must be a place for a table: ${begins} and ${ends}`);
    return `${text.slice(0, start + begins.length)}\n\n${make()}\n\n${text.slice(end)}`;
  }, page);
}

/** A document as it is, and as it should be. */
export function readDocument(file: string): { actual: string; expected: string } {
  const actual = readFileSync(join(root, file), "utf8");
  return { actual, expected: replaceTables(actual, documents[file] ?? {}) };
}

if (import.meta.main) {
  for (const file of Object.keys(documents)) {
    const { actual, expected } = readDocument(file);
    if (actual !== expected) console.log(`wrote ${file}`);
    writeFileSync(join(root, file), expected);
  }
}
