/**
 * Commands: `{ title, run, keys?, repeats? }`, `keys` being the one key that runs it, again and again while it is held
 * down where it `repeats`. A person finds them by key, or by words in the palette.
 */

/** Whose letters go into a text, or choose among options. */
const typing = "input:not([type='radio'], [type='checkbox']), textarea, select, [contenteditable]";

/** The command of a key that was pressed; keys that somebody types, and those of the browser and the system, have none. */
export function findCommandByKey(commands, { key, target, ctrlKey, metaKey, altKey, isComposing, repeat }) {
  if (ctrlKey || metaKey || altKey || isComposing || target?.closest?.(typing)) return undefined;
  return commands.find(({ keys, repeats }) => keys !== undefined && keys === key && (!repeat || repeats));
}

function splitWords(text) {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
}

/** Those of which every word that was typed begins a word; those that begin with the first before the others. */
export function findCommandsByWords(commands, query) {
  const asked = splitWords(query);
  const found = commands.filter(({ title }) => {
    const words = splitWords(title);
    return asked.every((word) => words.some((known) => known.startsWith(word)));
  });
  const beginsWith = ({ title }) => Number(asked.length > 0 && splitWords(title)[0].startsWith(asked[0]));
  return found.toSorted((one, other) => beginsWith(other) - beginsWith(one));
}
