/** The fields that are kept the same on both sides: which column each is, who owns it, and what its values mean. */
import { type Contact, ContactPatch, normalizeEmail, toErrorDetails } from "../../api/index.ts";
import type { HomeCountry } from "../../phone-number.ts";
import { type Mapping, MappingError, parseTarget, type Target } from "../contacts/mapping.ts";
import { readPhone, readTags, toText } from "../contacts/read-contact.ts";
import type { Cell } from "../rows/row.ts";

/** Whose value counts; `either`: whichever was changed last, and both changed is a conflict. */
export const owners = ["crm", "inbox", "either"] as const;
export type Owner = (typeof owners)[number];

/** Of a contact's field. Tags are a list; an empty field is `null`. */
export type Value = string | number | boolean | readonly string[] | null;

export type SyncField = {
  /** As the mapping names it, such as `phone` or `properties.company`. */
  name: string;
  /** Of the CRM. */
  column: number;
  owner: Owner;
};

export type Reading = { value: Value; problem?: undefined } | { problem: string; value?: undefined };

/** By field; `*` for those that are not named. */
export type OwnerChoices = Readonly<Record<string, Owner>>;

/** @param texts such as `crm` or `phone=inbox`; @throws MappingError that says what an owner can be */
export function parseOwners(texts: readonly string[]): OwnerChoices {
  const choices: Record<string, Owner> = {};
  for (const text of texts) {
    const at = text.lastIndexOf("=");
    const owner = text.slice(at + 1).trim();
    if (!owners.includes(owner as Owner))
      throw new MappingError(`an owner is crm, inbox or either, as in "phone=crm"; not ${JSON.stringify(text)}`);
    choices[at === -1 ? "*" : parseTarget(text.slice(0, at))] = owner as Owner;
  }
  return choices;
}

/**
 * One column for each field: of several that could be one, the first is kept the same and the others are left alone.
 *
 * @param fallback owns what nothing is said of
 * @throws MappingError where an owner is named for a field that no column is
 */
export function listFields({ sources }: Mapping, choices: OwnerChoices, fallback: Owner): SyncField[] {
  const unknown = Object.keys(choices).find((name) => name !== "*" && !sources.has(name as Target));
  if (unknown !== undefined) throw new MappingError(`no column is ${unknown}, so that it cannot have an owner`);
  // The CRM's own id: the inbox has it from there.
  const own = (name: string): Owner =>
    choices[name] ?? choices["*"] ?? (name === "externalId" && fallback === "either" ? "crm" : fallback);
  return [...sources]
    .filter(([name]) => name !== "name" || !(sources.has("firstName") || sources.has("lastName")))
    .map(([name, [column = 0]]) => ({ name, column, owner: own(name) }));
}

/** @param home whose numbers those without a country code are */
export function readCell(name: string, cell: Cell, home: HomeCountry | undefined): Reading {
  if (name === "tags") return { value: toTags(readTags(cell)) };
  if (cell === null) return { value: null };
  if (name === "phone") {
    const reading = readPhone(cell, home);
    if (reading?.problem !== undefined) return { problem: reading.problem };
    return { value: reading?.number || null };
  }
  if (name.startsWith("properties.") && (typeof cell === "number" || typeof cell === "boolean")) return { value: cell };
  const text = toText(cell).trim();
  return { value: (name === "channel" ? text.toLowerCase() : text) || null };
}

function toTags(tags: readonly string[]): Value {
  return tags.length === 0 ? null : tags;
}

const knownProperties = ["source", "language", "externalId"];

function findProperty(name: string): string | null {
  if (knownProperties.includes(name)) return name;
  return name.startsWith("properties.") ? name.slice("properties.".length) : null;
}

export function readContact(name: string, contact: Contact): Value {
  const property = findProperty(name);
  if (name === "tags") return toTags(contact.tags ?? []);
  if (name === "name")
    return [contact.firstName, contact.lastName].flatMap((part) => part?.trim() || []).join(" ") || null;
  const value =
    property === null
      ? (contact as Record<string, unknown>)[name]
      : Object.hasOwn(contact.properties ?? {}, property)
        ? contact.properties[property]
        : null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "string" ? value.trim() || null : null;
}

/** Two values are the same where this is: addresses in any case, tags in any order. */
export function toComparable(name: string, value: Value): string {
  if (value === null) return "";
  if (Array.isArray(value)) return JSON.stringify([...new Set(value)].sort());
  const text = String(value);
  if (name === "email") return normalizeEmail(text);
  return name === "name" ? text.replace(/\s+/g, " ") : text;
}

/** @param before what the inbox has: a number stays a number where the text is one */
export function toPatch(name: string, value: Value, before: Value = null): ContactPatch {
  if (name === "tags") return { tags: (value as string[] | null) ?? [] };
  if (name === "name") {
    const [firstName = null, ...others] = value === null ? [] : String(value).split(/\s+/);
    return { firstName, lastName: others.join(" ") || null };
  }
  const property = findProperty(name);
  if (property === null) return { [name]: value };
  const kept = knownProperties.includes(name) ? value : keepKind(value, before);
  return { properties: { [property]: kept as string | number | boolean | null } };
}

function keepKind(value: Value, before: Value): Value {
  if (typeof value !== "string") return value;
  if (typeof before === "number" && String(Number(value)) === value) return Number(value);
  if (typeof before === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

export function mergePatches(patches: readonly ContactPatch[]): ContactPatch {
  const properties = Object.assign({}, ...patches.map((patch) => patch.properties ?? {}));
  const merged = Object.assign({}, ...patches) as ContactPatch;
  return Object.keys(properties).length === 0 ? merged : { ...merged, properties };
}

/** @returns what OnSync would say against it; `null`: nothing */
export function findProblem(patch: ContactPatch): string | null {
  const parsed = ContactPatch.safeParse(patch);
  if (parsed.success) return null;
  return toErrorDetails(parsed.error, patch)[0]?.message ?? "is not valid";
}

const tagSeparators = [", ", ";", "|", " ::: "];

/** @param before what the cell has: tags are written as they were */
export function formatCell(name: string, value: Value, before: Cell): Cell {
  if (name !== "tags" || value === null || Array.isArray(before)) return value;
  const tags = value as readonly string[];
  const used = tagSeparators.filter((each) => String(before ?? "").includes(each.trim()));
  const fitting =
    [...used, ";", ...tagSeparators].find((each) => !tags.some((tag) => tag.includes(each.trim()))) ?? ";";
  // One tag with a comma in it would be read as two.
  const needsEnd = tags.length === 1 && /[,;|]/.test(tags[0] ?? "");
  return tags.join(fitting) + (needsEnd ? fitting : "");
}

export const identifierFields = ["externalId", "phone", "email"] as const;

/** By which OnSync finds a contact, in the order in which they count; each with its kind before it. */
export function nameIdentifier(name: string, value: Value): string | null {
  if (value === null || !(identifierFields as readonly string[]).includes(name)) return null;
  return `${name} ${toComparable(name, value)}`;
}

export function listIdentifiers(contact: Contact): string[] {
  return identifierFields.flatMap((name) => nameIdentifier(name, readContact(name, contact)) ?? []);
}
