/** A person's events in the receiver's log: their contact's, their conversations' and the messages in them. */
import { normalizePhone } from "../../api/index.ts";
import { readOrg } from "../../webhooks/order-key.ts";
import type { EventStore, StoredEvent } from "../../webhooks/store/store.ts";
import { readStoredEvent } from "../../webhooks/store/stored-body.ts";
import { addContact, createNaming, isContactOf, isReached, type Person } from "./person.ts";

const pageSize = 1_000;

async function* readEvents(store: EventStore): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = 0; ; ) {
    const page = await store.list({ after, limit: pageSize });
    for (const event of page) if (event.body !== "") yield event;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.position;
  }
}

function measure({ contactId, orgId, phones, emails, externalIds, conversationIds }: Person): string {
  return [contactId, orgId, phones.size, emails.size, externalIds.size, conversationIds.size].join();
}

/**
 * Finds the positions of all that is theirs, and adds what the log knows them by: earlier phone numbers, conversations.
 *
 * @returns in the order of the log
 */
export async function findEvents(store: EventStore, person: Person): Promise<number[]> {
  for (;;) {
    const before = measure(person);
    const positions: number[] = [];
    const naming = createNaming(person);
    const isNamedIn = (text: string) => naming(text) || text.includes(`"${person.contactId}"`);
    for await (const event of readEvents(store)) if (isTheirs(person, event, isNamedIn)) positions.push(event.position);
    // What was learnt on the way may be of events before.
    if (measure(person) === before) return positions;
  }
}

function isTheirs(person: Person, { type, org, body }: StoredEvent, isNamedIn: (text: string) => boolean): boolean {
  if (person.orgId !== null && org !== "" && org !== readOrg({ orgId: person.orgId })) return false;
  const data = readStoredEvent(body)?.data as Record<string, unknown> | undefined;
  // What cannot be read is told by what it names.
  if (typeof data !== "object" || data === null) return isNamedIn(body);
  if (type.startsWith("contact.")) {
    if (!isContactOf(person, data)) return false;
    addContact(person, data);
    return true;
  }
  if (type.startsWith("conversation.")) return isTheirConversation(person, data);
  if (type.startsWith("message.")) return isTheirMessage(person, data);
  return isNamedIn(body);
}

function isTheirConversation({ contactId, conversationIds }: Person, data: Record<string, unknown>): boolean {
  const id = typeof data.id === "string" ? data.id : "";
  const isTheirs = conversationIds.has(id) || (contactId !== null && data.contactId === contactId);
  if (isTheirs && id !== "") conversationIds.add(id);
  return isTheirs;
}

function isTheirMessage(person: Person, { conversationId, platform, to }: Record<string, unknown>): boolean {
  const id = typeof conversationId === "string" ? conversationId : null;
  const address = typeof to === "string" ? to : "";
  const isByPhone = platform === "whatsapp" && person.phones.has(normalizePhone(address));
  const isTheirs = isByPhone || isReached(person, String(platform ?? ""), address, id);
  if (isTheirs && id !== null) person.conversationIds.add(id);
  return isTheirs;
}
