/** Which column is which field of a contact: guessed by its name, and changed by whoever knows better. */
import { columnNames, type FieldName, simplifyName } from "./column-names.ts";

/** A field, `properties.NAME`, or `-` for a column that is left out. */
export type Target = FieldName | `properties.${string}` | "-";

/** By the name of the column. */
export type MappingChanges = Readonly<Record<string, string>>;

export type Mapping = {
  /** In the order of the file's columns. */
  targets: readonly Target[];
  /** By target, its columns: the first that is not empty counts. */
  sources: ReadonlyMap<Target, readonly number[]>;
};

/** Of one thing there may be two columns, of which a row has one; two ids or two names are two things. */
const severalColumns: readonly Target[] = ["phone", "email"];

export class MappingError extends Error {
  override readonly name = "MappingError";
}

const fieldNames = Object.keys(columnNames) as FieldName[];

/** @throws MappingError that says what a column can be */
export function parseTarget(text: string): Target {
  const target = text.trim();
  if (target === "-" || fieldNames.includes(target as FieldName)) return target as Target;
  const property = /^properties\.(.+)$/.exec(target)?.[1];
  if (property === "externalId" || property === "source" || property === "language") return property;
  if (property !== undefined && !["__proto__", "constructor", "prototype"].includes(property)) return target as Target;
  throw new MappingError(
    `a column can be ${fieldNames.join(", ")}, properties.NAME, or - to leave it out; it cannot be ${JSON.stringify(target)}`,
  );
}

/**
 * @param changes what was said before, and now
 * @throws MappingError where a change names a target that there is not
 */
export function mapColumns(columns: readonly string[], changes: MappingChanges = {}): Mapping {
  const given = columns.map((column) => (Object.hasOwn(changes, column) ? parseTarget(changes[column] ?? "") : null));
  const guessed = guessTargets(columns, given);
  const targets = columns.map((_, index) => given[index] ?? guessed[index] ?? "-");
  const sources = new Map<Target, number[]>();
  for (const target of new Set(targets.filter((each) => each !== "-")))
    sources.set(target, orderSources(target, columns, targets));
  return { targets, sources };
}

/** A name that was said counts for more than a guess: what it is said to be is not guessed again. */
function guessTargets(columns: readonly string[], given: readonly (Target | null)[]): (Target | null)[] {
  const names = columns.map(simplifyName);
  const taken = new Set(given);
  const guesses = new Map<FieldName, number[]>();
  for (const field of fieldNames) {
    if (taken.has(field)) continue;
    const found = columnNames[field]
      .flatMap((name) =>
        names.flatMap((each, index) => (each === name || isNumbered(each, name, columns[index]) ? [index] : [])),
      )
      .filter((index) => given[index] === null);
    if (found.length > 0) guesses.set(field, severalColumns.includes(field) ? found : found.slice(0, 1));
  }
  dropDoubtful(names, guesses, taken);
  const targets = columns.map((column, index) => guessProperty(column, given[index] ?? null));
  for (const [field, indexes] of guesses) for (const index of indexes) targets[index] ??= field;
  return targets;
}

/** The second column of a name, as {@link mapColumns} is given it. */
function isNumbered(name: string, wanted: string, column = ""): boolean {
  return /#\d+$/.test(column) && name.startsWith(wanted) && /^\d*$/.test(name.slice(wanted.length));
}

function dropDoubtful(
  names: readonly string[],
  guesses: Map<FieldName, number[]>,
  taken: ReadonlySet<Target | null>,
): void {
  const has = (field: FieldName) => guesses.has(field) || taken.has(field);
  moveDoubtfulName(names, guesses, has);
  // With a first name, a whole one says nothing more.
  if (has("firstName") && !taken.has("name")) guesses.delete("name");
  const id = guesses.get("externalId")?.[0];
  // An export of OnSync's own: the id is OnSync's, and not one that was brought along.
  if (id !== undefined && names[id] === "id" && names.includes("orgid")) guesses.delete("externalId");
}

/** What is the first name beside a last name, and the whole name alone. */
const doubtfulNames = ["name", "nombre", "nombres", "nome", "ad"];

function moveDoubtfulName(
  names: readonly string[],
  guesses: Map<FieldName, number[]>,
  has: (field: FieldName) => boolean,
): void {
  const [from, to]: [FieldName, FieldName] = has("lastName") ? ["name", "firstName"] : ["firstName", "name"];
  const index = guesses.get(from)?.[0];
  if (index === undefined || has(to) || !doubtfulNames.includes(names[index] ?? "")) return;
  guesses.set(to, [index]);
  guesses.delete(from);
}

function guessProperty(column: string, given: Target | null): Target | null {
  if (given !== null) return given;
  const property = /^properties[.]([^.].*)$/.exec(column)?.[1];
  return property === undefined ? null : parseTargetOrNull(`properties.${property}`);
}

function parseTargetOrNull(text: string): Target | null {
  try {
    return parseTarget(text);
  } catch {
    return null;
  }
}

function orderSources(target: Target, columns: readonly string[], targets: readonly Target[]): number[] {
  const indexes = targets.flatMap((each, index) => (each === target ? [index] : []));
  const known: readonly string[] = (columnNames as Record<string, readonly string[]>)[target] ?? [];
  const rank = (index: number) => {
    const at = known.indexOf(simplifyName(columns[index] ?? ""));
    return at === -1 ? known.length : at;
  };
  return indexes.sort((one, other) => rank(one) - rank(other) || one - other);
}

/** OnSync finds contacts by these: a file without any of them is of something else. */
export function hasIdentifier({ sources }: Mapping): boolean {
  return sources.has("phone") || sources.has("email") || sources.has("externalId");
}

/** @param text `Column=target`, or several of them with commas between; @throws MappingError */
export function parseMappingChanges(text: string, columns: readonly string[]): MappingChanges {
  const whole = splitChange(text);
  const parts = whole !== null && columns.includes(whole[0]) ? [text] : text.split(",");
  const changes: Record<string, string> = {};
  for (const part of parts) {
    const [column, target] = splitChange(part) ?? [];
    if (column === undefined || target === undefined)
      throw new MappingError(`write COLUMN=FIELD, such as "Mobile=phone"; not ${JSON.stringify(part)}`);
    const known =
      columns.find((each) => each === column) ?? columns.find((each) => each.toLowerCase() === column.toLowerCase());
    if (known === undefined)
      throw new MappingError(
        `the file has no column ${JSON.stringify(column)}; it has ${columns.map((each) => JSON.stringify(each)).join(", ")}`,
      );
    changes[known] = parseTarget(target);
  }
  return changes;
}

function splitChange(text: string): [column: string, target: string] | null {
  const at = text.lastIndexOf("=");
  return at < 1 ? null : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
