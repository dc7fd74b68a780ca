/** Lines of a text for a person, broken where a terminal is narrower than they are. */
import { type Output, print } from "./io.ts";

const minColumns = 30;

/** Of a terminal; `undefined`: it is none. */
export function findColumns({ isTTY, columns }: Output): number | undefined {
  return isTTY ? columns : undefined;
}

/** Where the last of a line's columns begins, after several spaces in its first half; else a little behind where the line begins. */
function findIndent(line: string, columns: number): number {
  const start = line.length - line.trimStart().length;
  const begins = [...line.matchAll(/\s\s(?=\S)/g)].map(({ index }) => index + 2);
  return begins.findLast((begin) => begin > start && begin <= columns / 2) ?? Math.min(start + 2, columns / 2);
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const indent = " ".repeat(findIndent(line, columns));
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    // Not within the indent, which would make a line of nothing.
    const space = rest.lastIndexOf(" ", columns);
    const begin = lines.length === 0 ? line.length - line.trimStart().length : indent.length;
    const end = space > begin ? space : rest.indexOf(" ", columns);
    // A word that is longer than the terminal is the terminal's to break.
    if (end === -1) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = indent + rest.slice(end).trimStart();
  }
  return [...lines, rest].join("\n");
}

/** @param columns of the terminal; `undefined`: it is none, and whoever reads it breaks lines by themselves */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const width = Math.max(columns, minColumns);
  return text
    .split("\n")
    .map((line) => wrapLine(line, width))
    .join("\n");
}

/** Prints a text for a person, as wide as the terminal it goes to. */
export function printWrapped(output: Output, text: string): Promise<void> {
  return print(output, wrapText(text, findColumns(output)));
}
