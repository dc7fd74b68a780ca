import { normalizePhone } from "../../../src/api/index.ts";
import { isoOrNull } from "../../clock.ts";
import { pageSize, writtenConversationId } from "../../control/behaviour.ts";
import { contactBody, saveContact, updateContact } from "../../inbox/contacts.ts";
import type { StoredConversation } from "../../store/conversations.ts";
import type { World } from "../../world.ts";
import { notFound } from "../answers.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { created, type Handlers, ok } from "./handler.ts";

function latest(instants: (number | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null);
  return isoOrNull(known.length === 0 ? null : Math.max(...known));
}

/** What `GET /contacts/{id}` adds. */
export function activity({ behaviour }: World, conversations: StoredConversation[]) {
  return {
    lastMessageAt: latest(conversations.map((conversation) => conversation.lastMessageAt)),
    lastInboundAt: latest(conversations.map((conversation) => conversation.lastInboundAt)),
    lastOutboundAt: latest(conversations.map((conversation) => conversation.lastOutboundAt)),
    messageCount: conversations.reduce((sum, conversation) => sum + conversation.messageCount, 0),
    conversationIds: conversations.map((conversation) => writtenConversationId(behaviour.current, conversation)),
  };
}

/** A plus sign that nobody encoded arrives as a space: in front of digits it can mean nothing else. */
function phoneOfQuery(phone: string): string {
  return normalizePhone(phone.replace(/^ (?=\d)/, "+"));
}

export const contacts: Handlers<"saveContact" | "listContacts" | "getContact" | "updateContact"> = {
  saveContact: ({ world, org, body }) => {
    const { contact, created: isNew } = saveContact(world, org.id, body);
    return isNew ? created(contactBody(contact)) : ok(contactBody(contact));
  },

  listContacts: ({ world, org, query }) => {
    const limit = pageSize(query.limit, world.behaviour.current);
    const [beforeSeq] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
    const found = world.store.contacts.search({
      orgId: org.id,
      phone: query.phone === undefined ? undefined : phoneOfQuery(query.phone),
      email: query.email,
      externalId: query.externalId,
      query: query.query,
      beforeSeq,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map(contactBody),
      nextCursor: last && found.length > page.length ? encodeCursor([last.seq]) : null,
    });
  },

  getContact: ({ world, org, params }) => {
    const contact = world.store.contacts.byId(org.id, params.id);
    if (!contact) throw notFound("contact", params.id);
    return ok({ ...contactBody(contact), activity: activity(world, world.store.conversations.byContact(contact.id)) });
  },

  updateContact: ({ world, org, params, body }) => ok(contactBody(updateContact(world, org.id, params.id, body))),
};
