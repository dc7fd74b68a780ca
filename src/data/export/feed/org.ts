/** Whose the events of a log are, where OnSync does not say of which org a key is: one receiver may serve several. */
import { isErrorNamed } from "../../../client/index.ts";
import type { EventStore } from "../../../webhooks/store/store.ts";
import { readStoredEvent } from "../../../webhooks/store/stored-body.ts";
import { type Backfill, callPaced } from "../backfill.ts";

/** Of the entry that says it. */
export const orgName = "feed:org";

const types = ["contact.created", "contact.updated", "conversation.assigned", "conversation.resolved"] as const;
const pageSize = 500;
/** Contacts of an org that are asked for, until one is the key's own. */
const maxContacts = 3;

/** @returns the org of which the key has a contact that an event names; `null` where none does */
export async function findOrg(backfill: Backfill, source: Pick<EventStore, "read">): Promise<string | null> {
  const known = await backfill.committer.readState(orgName);
  if (known !== null) return known;
  for (const [org, contacts] of await listContacts(source))
    for (const id of contacts)
      if ((await readOrgOf(backfill, id)) === org) {
        await backfill.committer.note(new Map([[orgName, org]]));
        return org;
      }
  return null;
}

async function listContacts(source: Pick<EventStore, "read">): Promise<Map<string, Set<string>>> {
  const byOrg = new Map<string, Set<string>>();
  for (let after = 0, more = true; more; ) {
    const page = await source.read({ after, types, limit: pageSize });
    for (const { body } of page.events) {
      const event = readStoredEvent(body);
      const { id, contactId } = (event?.data ?? {}) as { id?: unknown; contactId?: unknown };
      const contact = event?.type.startsWith("contact.") ? id : contactId;
      if (typeof event?.orgId !== "string" || typeof contact !== "string") continue;
      const contacts = byOrg.get(event.orgId) ?? new Set();
      if (contacts.size < maxContacts) byOrg.set(event.orgId, contacts.add(contact));
    }
    ({ upTo: after, more } = page);
  }
  return byOrg;
}

async function readOrgOf(backfill: Backfill, id: string): Promise<string | null> {
  try {
    return (await callPaced(backfill, (onsync) => onsync.contacts.get(id))).orgId;
  } catch (error) {
    if (isErrorNamed(error, "NotFoundError")) return null;
    throw error;
  }
}
