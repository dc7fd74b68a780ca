/** How deep arrays and objects of a JSON text lie in each other, told without parsing it. */

/** Levels of nesting. Readers in other languages give up at a thousand, or at a hundred. */
export const maxNesting = 100;

/** @returns whether arrays and objects of a JSON text lie in each other deeper than is allowed */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === "\\") index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > maxNesting) return true;
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return false;
}
