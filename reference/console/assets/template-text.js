/** The text of templates, and the variables in it: `Hi {{1}}`. */

const variable = /\{\{\s*([\w.]+)\s*\}\}/gu;

export const partOf = ({ components }, type) => components.find((each) => each.type.toLowerCase() === type);
export const bodyOf = (template) => partOf(template, "body")?.text ?? "";

/** Numbered ones by number: WhatsApp fills them by position. */
export const variablesOf = (text) => {
  const names = [...new Set([...text.matchAll(variable)].map(([, name]) => name))];
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((one, other) => one - other) : names;
};

/** @param valueFor gives a variable's value, or nothing where the variable is to stand as it is */
export const filledIn = (text, valueFor) => text.replace(variable, (whole, name) => valueFor(name) || whole);

/** The text in pieces, every other one a variable. */
export const piecesOf = (text) => text.split(/(\{\{\s*[\w.]+\s*\}\})/u);
