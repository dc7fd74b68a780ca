/**
 * Which fields an update of a contact changed. The event does not say (the API's documentation does not promise it), so each
 * Zap's subscription remembers the contact as it last saw it in Zapier's cache: a hash a field, keyed with the subscription's
 * secret, from which no name and no number can be read.
 */
import { createHmac } from "node:crypto";
import type { ZObject } from "zapier-platform-core";
import type { Contact, Event } from "../../src/api/index.ts";
import { createScopedCache } from "../connection/cache.ts";

type ContactEvent = Event & { data: Contact };
type FieldHashes = Readonly<Record<string, string>>;
type Memory = {
  hashes: FieldHashes;
  /** When the contact was so. */
  updatedAt: string | null;
  /** The event that brought it, and what was made of it: delivered again it says the same. */
  eventId: string;
  changedFields: string[] | null;
};

/** How long a contact is remembered after an update, in seconds. */
const memorySeconds = 7 * 24 * 60 * 60;

/** @returns `null` where it cannot be told: the first update that the subscription sees, one that others overtook, no cache */
export async function findChangedFields(
  event: ContactEvent,
  subscription: { id: string; secret: string },
  z: ZObject,
): Promise<string[] | null> {
  const contact = event.data;
  const cache = createScopedCache(z, null);
  const key = `contact:${subscription.id}:${contact.id}`;
  const known = (await cache.get(key).catch(() => null)) as Memory | null;
  if (known?.eventId === event.id) return known.changedFields;
  const updatedAt = contact.updatedAt ?? event.createdAt ?? null;
  if (known && isEarlier(updatedAt, known.updatedAt)) return null;
  const hashes = hashFields(contact, subscription.secret);
  const changedFields = known && compare(known.hashes, hashes);
  const memory: Memory = { hashes, updatedAt, eventId: event.id, changedFields };
  // Without it the next update is the first again.
  await cache.set(key, memory, memorySeconds).catch(() => false);
  return changedFields;
}

function isEarlier(time: string | null, than: string | null): boolean {
  return time !== null && than !== null && Date.parse(time) < Date.parse(than);
}

/** The fields that a person knows, `properties.…` one by one; an empty field has no hash. */
function hashFields(contact: Contact, secret: string): FieldHashes {
  const { firstName, lastName, phone, email, tags, channel, properties } = contact;
  const fields = [
    ...Object.entries({ firstName, lastName, phone, email, tags: tags?.length ? [...tags].sort() : null, channel }),
    ...Object.entries(properties ?? {}).map(([name, value]) => [`properties.${name}`, value] as const),
  ];
  return Object.fromEntries(
    fields
      .filter(([, value]) => (value ?? "") !== "")
      .map(([name, value]) => [
        name,
        createHmac("sha256", secret)
          .update(JSON.stringify([contact.id, name, value]))
          .digest("base64url")
          .slice(0, 16),
      ]),
  );
}

const ownFields = ["firstName", "lastName", "phone", "email", "tags", "channel"];

function compare(before: FieldHashes, after: FieldHashes): string[] {
  const properties = Object.keys({ ...before, ...after })
    .filter((name) => name.startsWith("properties."))
    .sort();
  return [...ownFields, ...properties].filter((name) => before[name] !== after[name]);
}
