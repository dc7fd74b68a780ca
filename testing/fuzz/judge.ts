/**
 * What no answer, no line of a log and no message on a terminal may have: a secret, another org's data, a stack, or where
 * on this machine something is.
 */
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A line of a stack as V8 writes it, also inside a JSON text. */
const stackLine = /(?:\n|\\n)\s+at (?:async )?(?:[\w.<>$ ]+ \()?(?:file:\/\/|node:|\/)[^\s)]+:\d+/;

/** Folders that only who looks at the machine knows. */
const ownPaths = [root, join(tmpdir(), "onsync-fuzz-"), `${homedir()}/`, "/node_modules/", "file:///"].filter(
  // Where somebody's home is `/`, every path is below it.
  (path) => path.length > 2,
);

/** A text that must not appear, as it stands or as it is written in JSON, an address or base64. */
function listForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Without the characters whose bits depend on what stands beside it.
  const shifted = [0, 1, 2].map((pad) =>
    Buffer.concat([Buffer.alloc(pad), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  return [...new Set([secret, encodeURIComponent(secret), bytes.toString("hex"), ...shifted])];
}

export type Canary = { name: string; forms: readonly string[] };

export function createCanary(name: string, secret: string): Canary {
  return { name, forms: listForms(secret) };
}

/** As it came, and as an address or a form means it. */
function decode(given: string): string {
  return `${given}\n${given.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))}`;
}

/** @param given what came from outside, which may be said again */
export function findSecrets(text: string, given: string, canaries: readonly Canary[]): string[] {
  const said = decode(given);
  const shows = (form: string): boolean => text.includes(form) && !said.includes(form);
  return [
    ...canaries.filter(({ forms }) => forms.some(shows)).map(({ name }) => `it shows ${name}`),
    ...(stackLine.test(text) && !stackLine.test(given) ? ["it shows a stack"] : []),
  ];
}

/**
 * What somebody elsewhere may not see; the paths of this machine are for who works on it.
 *
 * @param told what inputs have said of such paths so far, which a server may keep and show to a later one: added to here
 */
export function findLeaks(
  text: string,
  given: string,
  canaries: readonly Canary[],
  told: Set<string> = new Set(),
): string[] {
  const said = decode(given);
  for (const path of ownPaths) if (said.includes(path)) told.add(path);
  return [
    ...findSecrets(text, given, canaries),
    ...ownPaths
      .filter((path) => text.includes(path) && !told.has(path))
      .map(() => "it shows where on this machine something is"),
  ];
}
