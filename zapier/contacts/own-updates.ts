/**
 * Keeps a Zap from being triggered by what it wrote itself, for ever. A step that changes a contact leaves a mark of what the
 * contact became, and the Contact Updated trigger drops the event that brings exactly that, once for each subscription.
 */
import { createHash, randomUUID } from "node:crypto";
import type { ZObject } from "zapier-platform-core";
import type { Contact, Event } from "../../src/api/index.ts";
import { createScopedCache } from "../connection/cache.ts";

type Mark = { id: string; updatedAt: string | null };

/** Longer than OnSync's four attempts to deliver an event go on, in seconds. */
const markSeconds = 20 * 60;

/** How far apart the times of one update may be, in the step's answer and in its event, in milliseconds. */
const sameUpdateMs = 5_000;

/** Two connections of one org share the marks: a contact's id is its own key, and no scope tells it apart any further. */
function toMarkKey(contact: Contact): string {
  const { firstName, lastName, phone, email, tags, channel, properties } = contact;
  const fields = [firstName, lastName, phone, email, channel].map((value) => value ?? "");
  const state = [contact.id, ...fields, [...(tags ?? [])].sort(), Object.entries(properties ?? {}).sort()];
  return `own-update:${contact.id}:${createHash("sha256").update(JSON.stringify(state)).digest("base64url")}`;
}

/** To be called with what a step made of a contact. Without the cache the Zap runs once more than it should. */
export async function markOwnUpdate(contact: Contact, z: ZObject): Promise<void> {
  const mark: Mark = { id: randomUUID(), updatedAt: contact.updatedAt ?? null };
  await createScopedCache(z, null)
    .set(toMarkKey(contact), mark, markSeconds)
    .catch(() => false);
}

/** Whether the event is the update of a step of this app, and this subscription has not dropped one for it yet. */
export async function isOwnUpdate(
  { id: eventId, data: contact }: Event & { data: Contact },
  subscriptionId: string,
  z: ZObject,
): Promise<boolean> {
  const cache = createScopedCache(z, null);
  try {
    const mark = (await cache.get(toMarkKey(contact))) as Mark | null;
    if (mark === null || !isSameUpdate(contact.updatedAt, mark.updatedAt)) return false;
    const key = `own-update:${subscriptionId}:${mark.id}`;
    const droppedFor = await cache.get(key);
    if (droppedFor === null) await cache.set(key, eventId, markSeconds);
    return droppedFor === null || droppedFor === eventId;
  } catch {
    return false;
  }
}

/** A step that changes nothing causes no event: what brings the same contact a minute later is somebody else's update. */
function isSameUpdate(eventTime: string | null | undefined, markTime: string | null): boolean {
  const apart = Math.abs(Date.parse(eventTime ?? "") - Date.parse(markTime ?? ""));
  return Number.isNaN(apart) || apart <= sameUpdateMs;
}
