/** Contacts: the upsert by phone, e-mail address and external id, and the update by id (docs/contract.md, "Contacts"). */
import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import type { Contact, ContactInput, ContactPatch, ErrorDetail, Platform, PropertyValue } from "../../src/api/index.ts";
import { iso } from "../clock.ts";
import { notFound, Refusal } from "../http/answers.ts";
import type { StoredContact } from "../store/contacts.ts";
import type { World } from "../world.ts";
import { emit } from "./events.ts";

/** What a contact's owner may change. */
type Fields = Pick<StoredContact, "firstName" | "lastName" | "phone" | "email" | "tags" | "channel" | "properties">;

const noFields: Fields = {
  firstName: null,
  lastName: null,
  phone: null,
  email: null,
  tags: [],
  channel: null,
  properties: {},
};

/** A contact as answers and events carry it: every field, always. */
export function contactBody(contact: StoredContact): Contact {
  return {
    id: contact.id,
    firstName: contact.firstName,
    lastName: contact.lastName,
    phone: contact.phone,
    email: contact.email,
    tags: contact.tags,
    channel: contact.channel as Platform | null,
    properties: contact.properties,
    orgId: contact.orgId,
    createdAt: iso(contact.createdAt),
    updatedAt: iso(contact.updatedAt),
  };
}

function mergeProperties(
  properties: StoredContact["properties"],
  changes: Record<string, PropertyValue | null | undefined>,
): StoredContact["properties"] {
  const merged = { ...properties };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** The fields after a change: given ones overwrite, `null` clears, absent ones stay; properties merge key by key. */
function changed(fields: Fields, change: z.output<typeof ContactPatch>): Fields {
  return {
    firstName: change.firstName === undefined ? fields.firstName : change.firstName,
    lastName: change.lastName === undefined ? fields.lastName : change.lastName,
    phone: change.phone === undefined ? fields.phone : change.phone,
    email: change.email === undefined ? fields.email : change.email,
    tags: change.tags === undefined ? fields.tags : (change.tags ?? []),
    channel: change.channel === undefined ? fields.channel : change.channel,
    properties:
      change.properties === undefined
        ? fields.properties
        : change.properties === null
          ? {}
          : mergeProperties(fields.properties, change.properties),
  };
}

type Identifiers = { phone?: string | null; email?: string | null; externalId?: unknown };

/** The contacts that hold the identifiers, one entry for each identifier that is taken. */
function holders({ store }: World, orgId: string, { phone, email, externalId }: Identifiers) {
  const found: { path: string[]; contact: StoredContact }[] = [];
  const add = (path: string[], contact: StoredContact | undefined): void => {
    if (contact) found.push({ path, contact });
  };
  if (phone) add(["phone"], store.contacts.byPhone(orgId, phone));
  if (email) add(["email"], store.contacts.byEmail(orgId, email));
  if (typeof externalId === "string") {
    add(["properties", "externalId"], store.contacts.byExternalId(orgId, externalId));
  }
  return found;
}

function duplicate(message: string, conflicts: ReturnType<typeof holders>): Refusal {
  return new Refusal("duplicate", message, {
    details: conflicts.map(
      ({ path, contact }): ErrorDetail => ({
        path,
        code: "duplicate",
        message: `belongs to contact ${contact.id}`,
        contactId: contact.id,
      }),
    ),
  });
}

function idsOf(conflicts: ReturnType<typeof holders>): string[] {
  return [...new Set(conflicts.map(({ contact }) => contact.id))];
}

function create(world: World, orgId: string, fields: Fields): StoredContact {
  const now = world.clock.now();
  const contact = world.store.contacts.insert({
    id: world.ids("contact"),
    orgId,
    ...fields,
    createdAt: now,
    updatedAt: now,
  });
  emit(world, orgId, "contact.created", contactBody(contact));
  return contact;
}

/** An update that changes nothing writes nothing and emits nothing. */
function update(world: World, contact: StoredContact, fields: Fields): StoredContact {
  const next = { ...contact, ...fields };
  if (isDeepStrictEqual(next, contact)) return contact;
  const updated = { ...next, updatedAt: world.clock.now() };
  world.store.contacts.update(updated);
  emit(world, contact.orgId, "contact.updated", contactBody(updated));
  return updated;
}

/**
 * `POST /contacts`: none holds one of the identifiers → created; exactly one does → updated.
 * @throws Refusal 409 where several different ones do; nothing changes
 */
export function saveContact(
  world: World,
  orgId: string,
  input: z.output<typeof ContactInput>,
): { contact: StoredContact; created: boolean } {
  const found = holders(world, orgId, { ...input, externalId: input.properties?.externalId });
  const ids = idsOf(found);
  if (ids.length > 1) {
    throw duplicate(
      `The identifiers belong to ${ids.length} different contacts (${ids.join(", ")}). Nothing changed. Update one of them by its id, or send the identifiers of one contact only.`,
      found,
    );
  }
  const contact = found[0]?.contact;
  return contact
    ? { contact: update(world, contact, changed(contact, input)), created: false }
    : { contact: create(world, orgId, changed(noFields, input)), created: true };
}

/**
 * `PATCH /contacts/{id}`.
 * @throws Refusal 404; 409 where an identifier belongs to another contact
 */
export function updateContact(
  world: World,
  orgId: string,
  id: string,
  patch: z.output<typeof ContactPatch>,
): StoredContact {
  const contact = world.store.contacts.byId(orgId, id);
  if (!contact) throw notFound("contact", id);
  const taken = holders(world, orgId, { ...patch, externalId: patch.properties?.externalId }).filter(
    (holder) => holder.contact.id !== id,
  );
  if (taken.length > 0) {
    throw duplicate(
      `${taken.map(({ path }) => path.join(".")).join(" and ")} already belong${taken.length === 1 ? "s" : ""} to ${idsOf(taken).join(" and ")}. Nothing changed. Update that contact instead.`,
      taken,
    );
  }
  return update(world, contact, changed(contact, patch));
}

/**
 * The contact behind an address that wrote or is written to, made when it is new. On WhatsApp the address is the
 * contact's phone; elsewhere the conversation alone remembers whose it is.
 */
export function contactOfAddress(
  world: World,
  orgId: string,
  platform: Platform,
  address: string,
  name?: string,
): StoredContact {
  const phone = platform === "whatsapp" ? address : null;
  const known = phone === null ? undefined : world.store.contacts.byPhone(orgId, phone);
  if (known) return known;
  const [firstName, ...rest] = (name ?? "").split(/\s+/).filter((word) => word !== "");
  return create(world, orgId, {
    ...noFields,
    firstName: firstName ?? null,
    lastName: rest.length > 0 ? rest.join(" ") : null,
    phone,
    channel: platform,
  });
}
