/** The claims of a Markdown document: of its paragraphs and list items by sentence, of its tables by row. */
import { isClaim, plainText, sentencesOf } from "./sentences.ts";

/** `table`: the header of the table that a row stands in. An entry for the header holds the whole table. */
export type Claim = { text: string; section: string; table?: string | undefined };

const isRow = (line: string): boolean => line.trimStart().startsWith("|");
const isRule = (line: string): boolean => /^[\s|:-]+$/.test(line);

/** Cells of one row, with what divides them in code left alone. */
const rowText = (line: string): string =>
  plainText(
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .replace(/\\\|/g, "\uE000"),
  )
    .split("|")
    .map((cell) => cell.trim().replaceAll("\uE000", "|"))
    .filter((cell) => cell !== "")
    .join(" | ");

/** What other scripts write into a document is theirs, and what stands in a fence is run by the tests of the documents. */
const withoutFences = (markdown: string): string =>
  markdown
    .replace(/<!-- tables: begin -->.*?<!-- tables: end -->/gs, "")
    .replace(/^( *)```.*?^\1```$/gms, "\n")
    .replace(/<!--.*?-->/gs, "");

export function claimsOfDocument(markdown: string): Claim[] {
  const claims: Claim[] = [];
  let section = "";
  let table: string | undefined;
  let paragraph: string[] = [];
  const add = (text: string, of?: string): void => {
    if (isClaim(text)) claims.push({ text, section, table: of });
  };
  const endParagraph = (): void => {
    for (const sentence of sentencesOf(plainText(paragraph.join(" ")))) add(sentence);
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
