/** The table of all claims, for a reader: docs/claims.md. */
import type { Claim } from "./documents.ts";
import { type Entries, entriesFile, findHolders, others, splitHolder } from "./register.ts";

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

export function formatTable(claims: Map<string, Claim[]>, entries: Entries): string {
  const sections = [...claims].flatMap(([place, found]) => {
    const rows = new Map<string, string[]>();
    for (const claim of found) {
      const whole = claim.table !== undefined && entries[place]?.[claim.table] && !entries[place]?.[claim.text];
      rows.set(whole ? `The table ${claim.table}` : claim.text, findHolders(claim, entries[place]) ?? []);
    }
    const lines = [...rows].map(
      ([text, holders]) =>
        `| ${escapeCell(text)} | ${holders.map((holder) => escapeCell(formatHolder(holder))).join("<br>")} |`,
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

function formatHolder(holder: string): string {
  const [head = "", what = ""] = splitHolder(holder);
  return head.startsWith("test/") ? `\`${head}\`: ${what}` : `*${head}*: ${what}`;
}
