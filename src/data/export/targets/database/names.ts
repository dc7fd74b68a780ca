/**
 * Names of columns. A field's name is whatever an answer had: it becomes an identifier of letters, digits and a few signs, which
 * is quoted all the same, and never the one of another field.
 */
import { createHash } from "node:crypto";

/** What Postgres keeps of an identifier, in bytes. A longer one would be cut, and be another's. */
const maxNameBytes = 63;
const hashLength = 16;

/** What our own columns begin with, and names that Postgres and DuckDB keep for themselves, quoted or not. */
const ownPrefix = "_onsync";
const takenNames = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rowid"]);

const plainName = /^[\p{L}\p{N}\p{M}_$ .:/-]+$/u;
const otherSigns = /[^\p{L}\p{N}\p{M}_$ .:/-]+/gu;

/** An identifier of SQL, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Columns that differ in case alone are one to DuckDB; in what they are composed of, to a reader. */
function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function cutToBytes(text: string, max: number): string {
  let cut = "";
  for (const character of text) {
    if (Buffer.byteLength(cut + character) > max) break;
    cut += character;
  }
  return cut;
}

function isPlain(field: string): boolean {
  return (
    plainName.test(field) &&
    Buffer.byteLength(field) <= maxNameBytes &&
    !foldName(field).startsWith(ownPrefix) &&
    !takenNames.has(foldName(field))
  );
}

/**
 * @param columns those that the table has
 * @returns the field's own name where that can be a column's and is no other's; else what can be read of it, with a hash
 */
export function chooseColumnName(field: string, columns: Iterable<string>): string {
  const taken = new Set([...columns].map(foldName));
  if (isPlain(field) && !taken.has(foldName(field))) return field;
  const legible = cutToBytes(field.replace(otherSigns, "_"), maxNameBytes - hashLength - 1) || "field";
  for (let round = 0; ; round++) {
    const hash = createHash("sha256")
      .update(JSON.stringify([field, round]))
      .digest("hex")
      .slice(0, hashLength);
    const name = `${foldName(legible).startsWith(ownPrefix) ? "field" : legible}_${hash}`;
    if (!taken.has(foldName(name))) return name;
  }
}
