/** Texts in a CSV that no spreadsheet takes for a formula. */

/** What a spreadsheet could take for one; and the apostrophe itself, so that it can be told what was put before. */
const formula = /^(?:'|[\s\p{Cc}]*[=+\-@＝＋－＠]|[\t\r\n])/u;

export function escapeFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** Takes back what {@link escapeFormula} did. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") ? text.slice(1) : text;
}
