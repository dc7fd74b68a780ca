/** A person at OnSync: found, cleared as far as the API lets a field be cleared, and what stays, for which no endpoint deletes it. */
import type { Contact, ContactPatch, ContactWithActivity } from "../../api/index.ts";
import { isErrorNamed, type OnSync } from "../../client/index.ts";
import type { PersonQuery } from "./person.ts";

export type FoundContact =
  | { kind: "found"; contact: ContactWithActivity }
  | { kind: "none" }
  /** The API has no search: only an id finds a contact. */
  | { kind: "no_search" };

export async function findContact(onsync: OnSync, { kind, value }: PersonQuery): Promise<FoundContact> {
  if (kind === "contactId") return getContact(onsync, value);
  try {
    const { data } = await onsync.contacts.list({ [kind]: value, limit: 2 });
    const [found] = data;
    return found ? getContact(onsync, found.id) : { kind: "none" };
  } catch (error) {
    if (isErrorNamed(error, "ExtensionUnavailableError")) return { kind: "no_search" };
    throw error;
  }
}

async function getContact(onsync: OnSync, id: string): Promise<FoundContact> {
  try {
    return { kind: "found", contact: await onsync.contacts.get(id) };
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError")) return { kind: "none" };
    throw error;
  }
}

const plainFields = ["firstName", "lastName", "phone", "email", "channel"] as const;

/** The fields that hold something: `properties.NAME` for a property. */
export function listFilledFields(contact: Contact): string[] {
  const { tags = [], properties = {} } = contact;
  return [
    ...plainFields.filter((name) => contact[name] !== null && contact[name] !== undefined && contact[name] !== ""),
    ...(tags.length > 0 ? ["tags"] : []),
    ...Object.keys(properties ?? {}).map((name) => `properties.${name}`),
  ];
}

/** What clears these fields. */
function createPatch(fields: readonly string[]): ContactPatch {
  const properties = fields.filter((field) => field.startsWith("properties."));
  return {
    ...Object.fromEntries(plainFields.filter((name) => fields.includes(name)).map((name) => [name, null])),
    ...(fields.includes("tags") && { tags: [] }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.map((field) => [field.slice("properties.".length), null])),
    }),
  };
}

export type Cleared = { cleared: string[]; kept: string[] };

/**
 * Clears what can be cleared: all in one request, and where the API refuses that, a field at a time. What it came to is read
 * from OnSync, whatever its answers said.
 */
export async function clearContact(onsync: OnSync, contact: Contact): Promise<Cleared> {
  const fields = listFilledFields(contact);
  if (fields.length === 0) return { cleared: [], kept: [] };
  if (!(await tryToClear(onsync, contact.id, fields)))
    for (const field of fields) await tryToClear(onsync, contact.id, [field]);
  const kept = listFilledFields(await onsync.contacts.get(contact.id));
  return { cleared: fields.filter((field) => !kept.includes(field)), kept };
}

/** @returns `false`: OnSync refused it */
async function tryToClear(onsync: OnSync, id: string, fields: readonly string[]): Promise<boolean> {
  try {
    await onsync.contacts.update(id, createPatch(fields));
    return true;
  } catch (error) {
    if (isErrorNamed(error, "ValidationError") || isErrorNamed(error, "DuplicateError")) return false;
    throw error;
  }
}
