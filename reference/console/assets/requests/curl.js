/** A request as a command that can be pasted into a shell. The key is the shell's: `$ONSYNC_API_KEY`. */

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
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
 */
export function toCurl({ method, url, headers = [], body = null, hasKey = true }) {
  const own = headers.filter(([name]) => !leftOut.has(name.toLowerCase()) && !/^sec-/i.test(name));
  return [
    // Brackets and braces of an address are meant as they stand.
    `curl --globoff -X ${quote(method)} ${quote(url)}`,
    ...(hasKey ? ['-H "Authorization: Bearer $ONSYNC_API_KEY"'] : []),
    ...own.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data-raw ${quote(body)}`]),
  ].join(" \\\n  ");
}
