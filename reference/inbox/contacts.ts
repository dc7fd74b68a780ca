/** Contacts: the upsert by phone, e-mail address and external id, and the update by id (docs/contract.md, "Contacts"). */
import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import type { Contact, ContactInput, ContactPatch, ErrorDetail, Platform, PropertyValue } from "../../src/api/index.ts";
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId } from "../deviations/behaviour.ts";
import { notFound, Refusal } from "../http/answers.ts";
import type { StoredContact } from "../store/contacts.ts";
import { enqueueEvent } from "./events.ts";

/** What a contact's owner may change. */
type Fields = Pick<StoredContact, "firstName" | "lastName" | "phone" | "email" | "tags" | "channel" | "properties">;

const emptyFields: Fields = {
  firstName: null,
  lastName: null,
  phone: null,
  email: null,
  tags: [],
  channel: null,
  properties: {},
};

/** A contact as answers and events carry it: every field, always. */
export function toContactBody(contact: StoredContact): Contact {
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
    createdAt: toIso(contact.createdAt),
    updatedAt: toIso(contact.updatedAt),
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
function applyChange(fields: Fields, change: z.output<typeof ContactPatch>): Fields {
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
function findHolders({ store }: ReferenceContext, orgId: string, { phone, email, externalId }: Identifiers) {
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

function duplicate(message: string, conflicts: ReturnType<typeof findHolders>): Refusal {
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

function listContactIds(conflicts: ReturnType<typeof findHolders>): string[] {
  return [...new Set(conflicts.map(({ contact }) => contact.id))];
}

function createContact(context: ReferenceContext, orgId: string, fields: Fields): StoredContact {
  const now = context.clock.now();
  const contact = context.store.contacts.insert({
    id: context.ids("contact"),
    orgId,
    ...fields,
    createdAt: now,
    updatedAt: now,
  });
  enqueueEvent(context, orgId, "contact.created", toContactBody(contact));
  return contact;
}

/** An update that changes nothing writes nothing and emits nothing. */
function writeContact(context: ReferenceContext, contact: StoredContact, fields: Fields): StoredContact {
  const next = { ...contact, ...fields };
  if (isDeepStrictEqual(next, contact)) return contact;
  const updated = { ...next, updatedAt: context.clock.now() };
  context.store.contacts.update(contact, updated);
  enqueueEvent(context, contact.orgId, "contact.updated", toContactBody(updated));
  return updated;
}

/**
 * `POST /contacts`: none holds one of the identifiers → created; exactly one does → updated.
 * @throws Refusal 409 where several different ones do; nothing changes
 */
export function saveContact(
  context: ReferenceContext,
  orgId: string,
  input: z.output<typeof ContactInput>,
): { contact: StoredContact; created: boolean } {
  const found = findHolders(context, orgId, { ...input, externalId: input.properties?.externalId });
  const ids = listContactIds(found);
  if (ids.length > 1) {
    throw duplicate(
      `The identifiers belong to ${ids.length} different contacts (${ids.join(", ")}). Nothing changed. Update one of them by its id, or send the identifiers of one contact only.`,
      found,
    );
  }
  const contact = found[0]?.contact;
  return contact
    ? { contact: writeContact(context, contact, applyChange(contact, input)), created: false }
    : { contact: createContact(context, orgId, applyChange(emptyFields, input)), created: true };
}

/**
 * `PATCH /contacts/{id}`.
 * @throws Refusal 404; 409 where an identifier belongs to another contact
 */
export function updateContact(
  context: ReferenceContext,
  orgId: string,
  id: string,
  patch: z.output<typeof ContactPatch>,
): StoredContact {
  const contact = context.store.contacts.byId(orgId, id);
  if (!contact) throw notFound("contact", id);
  const taken = findHolders(context, orgId, { ...patch, externalId: patch.properties?.externalId }).filter(
    (holder) => holder.contact.id !== id,
  );
  if (taken.length > 0) {
    throw duplicate(
      `${taken.map(({ path }) => path.join(".")).join(" and ")} already belong${taken.length === 1 ? "s" : ""} to ${listContactIds(taken).join(" and ")}. Nothing changed. Update that contact instead.`,
      taken,
    );
  }
  return writeContact(context, contact, applyChange(contact, patch));
}

/**
 * The contact behind an address that wrote or is written to, made when it is new. On WhatsApp the address is the
 * contact's phone; elsewhere the conversation alone remembers whose it is.
 */
export function findOrCreateContact(
  context: ReferenceContext,
  orgId: string,
  platform: Platform,
  address: string,
  name?: string,
): StoredContact {
  const phone = platform === "whatsapp" ? address : null;
  const known = phone === null ? undefined : context.store.contacts.byPhone(orgId, phone);
  if (known) return known;
  const [firstName, ...rest] = (name ?? "").split(/\s+/).filter((word) => word !== "");
  return createContact(context, orgId, {
    ...emptyFields,
    firstName: firstName ?? null,
    lastName: rest.length > 0 ? rest.join(" ") : null,
    phone,
    channel: platform,
  });
}

/**
 * A teammate deletes a contact, with its conversations and what was said in them. OnSync has neither an endpoint nor an
 * event for that, so none is emitted.
 * @throws Refusal 404
 */
export function deleteContact(
  { store, changes, behaviour }: ReferenceContext,
  orgId: string,
  id: string,
): { id: string; deleted: true; conversations: number } {
  const contact = store.contacts.byId(orgId, id);
  if (!contact) throw notFound("contact", id);
  const conversations = store.conversations.byContact(id);
  for (const conversation of conversations) {
    store.messages.deleteOf(conversation.seq);
    store.triggers.deleteRunsOf(conversation.seq);
    store.summaries.delete(conversation.seq);
    store.conversations.delete(conversation.seq);
    changes.note({ kind: "conversation", id: formatConversationId(behaviour.current, conversation) });
  }
  store.contacts.delete(contact.seq);
  changes.note({ kind: "contact", id });
  return { id, deleted: true, conversations: conversations.length };
}
