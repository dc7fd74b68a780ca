/** Whoever is to be forgotten: by what stores may know them. */
import { normalizeEmail, normalizePhone, parseConversationId, toConversationId } from "../../api/index.ts";

export type Person = {
  /** `null` while it is not known. */
  contactId: string | null;
  /** Another org may know the same phone number: that is none of ours. */
  orgId: string | null;
  phones: Set<string>;
  emails: Set<string>;
  externalIds: Set<string>;
  conversationIds: Set<string>;
};

/** The fields of a contact by which it is found, as answers and events carry them. */
export type KnownContact = { id?: unknown; orgId?: unknown; phone?: unknown; email?: unknown; properties?: unknown };

/** How the person was named. */
export type PersonQuery = { kind: "contactId" | "phone" | "email" | "externalId"; value: string };

export function createPerson({ kind, value }: PersonQuery): Person {
  const person: Person = {
    contactId: kind === "contactId" ? value : null,
    orgId: null,
    ...{ phones: new Set(), emails: new Set(), externalIds: new Set(), conversationIds: new Set() },
  };
  if (kind === "phone") addPhone(person, value);
  if (kind === "email") person.emails.add(normalizeEmail(value));
  if (kind === "externalId") person.externalIds.add(value);
  return person;
}

function addPhone({ phones, conversationIds }: Person, phone: string): void {
  phones.add(normalizePhone(phone));
  // On WhatsApp the address is the phone.
  conversationIds.add(toConversationId("whatsapp", phone));
}

/** What the contact is known by now. */
export function addContact(person: Person, { id, orgId, phone, email, properties }: KnownContact): void {
  if (typeof orgId === "string") person.orgId ??= orgId;
  if (typeof id === "string") person.contactId ??= id;
  if (typeof phone === "string" && phone !== "") addPhone(person, phone);
  if (typeof email === "string" && email !== "") person.emails.add(normalizeEmail(email));
  const externalId = readExternalId(properties);
  if (externalId !== null) person.externalIds.add(externalId);
}

function readExternalId(properties: unknown): string | null {
  const { externalId } = (properties ?? {}) as { externalId?: unknown };
  return externalId === undefined || externalId === null || externalId === "" ? null : String(externalId);
}

/** By the id, where it is known; else by an identifier, which no other contact has. */
export function isContactOf(person: Person, { id, phone, email, properties }: KnownContact): boolean {
  if (person.contactId !== null) return id === person.contactId;
  return (
    (typeof phone === "string" && person.phones.has(normalizePhone(phone))) ||
    (typeof email === "string" && person.emails.has(normalizeEmail(email))) ||
    person.externalIds.has(readExternalId(properties) ?? "")
  );
}

/** Whether messages to this address, or in this conversation, are theirs. */
export function isReached(person: Person, platform: string, address: string, conversationId: string | null): boolean {
  return (
    (conversationId !== null && person.conversationIds.has(conversationId)) ||
    person.conversationIds.has(toConversationId(platform, address))
  );
}

/** Whether a text names them: by a phone number, an e-mail address or the address of a conversation. */
export function createNaming(person: Person): (text: string) => boolean {
  const { phones, emails, conversationIds } = person;
  const addresses = [...conversationIds].map((id) => parseConversationId(id)?.address ?? id);
  const words = [...emails, ...addresses, ...phones].map(toComparable);
  return (text) => {
    const compared = toComparable(text);
    return words.some((word) => word !== "" && hasWord(compared, word));
  };
}

/** A number counts by its digits, however its plus sign is written. */
function toComparable(text: string): string {
  return text
    .toLowerCase()
    .replace(/%2b|\+/g, " ")
    .trim();
}

const wordCharacter = /[\p{L}\p{N}]/u;

/** Not within a longer one: another number may begin with this one. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? "", text[at + word.length] ?? ""];
    if (!wordCharacter.test(before) && !wordCharacter.test(after)) return true;
  }
  return false;
}
