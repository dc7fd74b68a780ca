/** The text of templates, and the variables in it: `Hi {{1}}`. */

const variable = /\{\{\s*([\w.]+)\s*\}\}/gu;

export function findPart({ components }, type) {
  return components.find((each) => each.type.toLowerCase() === type);
}

export function getBody(template) {
  return findPart(template, "body")?.text ?? "";
}

/** Numbered ones by number: WhatsApp fills them by position. */
export function listVariables(text) {
  const names = [...new Set([...text.matchAll(variable)].map(([, name]) => name))];
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((one, other) => one - other) : names;
}

/** @param valueFor gives a variable's value, or nothing where the variable is to stand as it is */
export function fillIn(text, valueFor) {
  return text.replace(variable, (whole, name) => valueFor(name) || whole);
}

/** The text in pieces, every other one a variable. */
export function splitAtVariables(text) {
  return text.split(/(\{\{\s*[\w.]+\s*\}\})/u);
}
