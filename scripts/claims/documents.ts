/** The claims of a Markdown document: of its paragraphs and list items by sentence, of its tables by row. */
import { isClaim, plainText, splitSentences } from "./sentences.ts";

/** `table`: the header of the table that a row stands in. An entry for the header holds the whole table. */
export type Claim = { text: string; section: string; table?: string | undefined };

function isRow(line: string): boolean {
  return line.trimStart().startsWith("|");
}

function isRule(line: string): boolean {
  return /^[\s|:-]+$/.test(line);
}

/** Cells of one row, with what divides them in code left alone. */
function rowText(line: string): string {
  return plainText(
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .replace(/\\\|/g, "\uE000"),
  )
    .split("|")
    .map((cell) => cell.trim().replaceAll("\uE000", "|"))
    .filter((cell) => cell !== "")
    .join(" | ");
}

/**
 * What stands in a fence is run by the tests of the documents. Zapier's fields and what was counted of tokens and requests are the code's own
 * words and figures, which `scripts/tables.ts` writes and a test compares.
 */
function withoutFences(markdown: string): string {
  return markdown
    .replace(/<!-- table: (fields|tokens|counted-\w+) -->.*?<!-- \/table: \1 -->/gs, "")
    .replace(/^( *)```.*?^\1```$/gms, "\n")
    .replace(/<!--.*?-->/gs, "");
}

export function readDocumentClaims(markdown: string): Claim[] {
  const claims: Claim[] = [];
  let section = "";
  let table: string | undefined;
  let paragraph: string[] = [];
  const add = (text: string, of?: string): void => {
    if (isClaim(text)) claims.push({ text, section, table: of });
  };
  const endParagraph = (): void => {
    for (const sentence of splitSentences(plainText(paragraph.join(" ")))) add(sentence);
    paragraph = [];
  };
  for (const line of withoutFences(markdown).split("\n")) {
    if (isRow(line)) {
      endParagraph();
      if (table === undefined) table = `| ${rowText(line)} |`;
      else if (!isRule(line)) add(rowText(line), table);
      continue;
    }
    table = undefined;
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    if (heading !== undefined || line.trim() === "" || /^\s*(?:[-*]|\d+\.) /.test(line)) endParagraph();
    if (heading !== undefined) {
      section = plainText(heading).replace(/^\d+\. /, "");
      add(section);
    } else paragraph.push(line.replace(/^\s*(?:[-*]|\d+\.) /, ""));
  }
  endParagraph();
  return claims;
}
