/** Requests as commands that can be pasted into bash or zsh. The key is the shell's. */

/** What a terminal may obey before a shell reads it, such as an interrupt or the end of what is pasted. */
const control = /[^\P{Cc}\n]/u;

function toEscapes(character) {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

function quote(text) {
  if (control.test(text)) return `$'${text.replace(/[\p{Cc}'!\\]/gu, toEscapes)}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteHeader([name, value]) {
  // To curl a name with a colon and nothing more is a header to leave out.
  return quote(value === "" ? `${name};` : `${name}: ${value}`);
}

/** What curl says by itself, or what is another's: the browser's, the key's. */
const leftOut = new Set([
  "authorization",
  "accept",
  "accept-encoding",
  "accept-language",
  "user-agent",
  "host",
  "connection",
]);

/**
 * @param headers pairs of name and value
 * @param body a text; `null`: none
 * @param key the shell's variable that has the key; `null`: it goes without
 */
export function toCurl({ method, url, headers = [], body = null, key = "ONSYNC_API_KEY" }) {
  const own = headers.filter(([name]) => !leftOut.has(name.toLowerCase()) && !/^sec-/i.test(name));
  return [
    // Brackets and braces of an address are meant as they stand.
    `curl --globoff -X ${quote(method)} ${quote(url)}`,
    ...(key === null ? [] : [`-H "Authorization: Bearer $${key}"`]),
    ...own.map((header) => `-H ${quoteHeader(header)}`),
    ...(body === null ? [] : [`--data-raw ${quote(body)}`]),
  ].join(" \\\n  ");
}
