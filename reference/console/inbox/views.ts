/** The inbox and the contacts, as the console's pages want them: a page of a list at a time. */
import { calculateWindowEnd, type Message } from "../../../src/api/index.ts";
import { toIso } from "../../clock.ts";
import type { ReferenceContext } from "../../context.ts";
import { notFound } from "../../http/answers.ts";
import { summarizeActivity } from "../../inbox/activity.ts";
import { toContactBody } from "../../inbox/contacts.ts";
import { getConversationByAnyId, toConversationBody } from "../../inbox/conversations.ts";
import { toMessageBody } from "../../inbox/messages.ts";
import type { StoredContact } from "../../store/contacts.ts";
import type { StoredConversation } from "../../store/conversations.ts";

function toFullName(contact: StoredContact | undefined): string | null {
  return [contact?.firstName, contact?.lastName].filter(Boolean).join(" ") || null;
}

function listMessages(
  context: ReferenceContext,
  conversation: StoredConversation,
  before: number,
  limit: number,
): Message[] {
  return context.store.messages
    .history(conversation.seq, before, limit)
    .map((message) =>
      toMessageBody(context, message, { conversationId: conversation.id, platform: conversation.platform }),
    );
}

/**
 * `position` is its place in the list, which {@link listConversations} goes on from; `windowClosesAt` is when WhatsApp's
 * 24-hour window closes or closed, `null` where the customer never wrote, or elsewhere.
 */
function toConversationRow(context: ReferenceContext, conversation: StoredConversation) {
  const contact = context.store.contacts.byId(conversation.orgId, conversation.contactId);
  const [latest] = listMessages(context, conversation, Number.MAX_SAFE_INTEGER, 1);
  return {
    ...toConversationBody(context, conversation),
    position: [conversation.updatedAt, conversation.seq],
    address: conversation.address,
    name: toFullName(contact),
    latest: latest
      ? {
          content: latest.content ?? null,
          type: latest.type,
          direction: latest.direction,
          status: latest.status ?? null,
        }
      : null,
    windowClosesAt:
      conversation.platform === "whatsapp" && conversation.lastInboundAt !== null
        ? toIso(calculateWindowEnd(conversation.lastInboundAt))
        : null,
  };
}

type Page = { before?: number[] | undefined; limit: number };

/** Most recently active first. `more`: there are others behind. */
export function listConversations(
  context: ReferenceContext,
  orgId: string,
  {
    before: [updatedAt, seq] = [],
    limit,
    ...search
  }: Page & {
    status?: string | undefined;
    platform?: string | undefined;
    assignee?: string | undefined;
    query?: string | undefined;
  },
) {
  const found = context.store.conversations.search({
    orgId,
    ...search,
    before: updatedAt === undefined || seq === undefined ? undefined : { updatedAt, seq },
    limit: limit + 1,
  });
  return {
    data: found.slice(0, limit).map((conversation) => toConversationRow(context, conversation)),
    more: found.length > limit,
  };
}

/** One conversation with its latest messages, or the latest before a moment, oldest first. */
export function readConversation(
  context: ReferenceContext,
  orgId: string,
  id: string,
  { before: [moment = Number.MAX_SAFE_INTEGER] = [], limit }: Page,
) {
  const conversation = getConversationByAnyId(context, orgId, id);
  const messages = listMessages(context, conversation, moment, limit + 1);
  const contact = context.store.contacts.byId(orgId, conversation.contactId);
  return {
    conversation: toConversationRow(context, conversation),
    contact: contact ? toContactBody(contact) : null,
    messages: messages.slice(0, limit).reverse(),
    more: messages.length > limit,
  };
}

/** Newest first. `position` is as in a conversation's row. */
export function listContacts(
  context: ReferenceContext,
  orgId: string,
  { before: [beforeSeq] = [], query, limit }: Page & { query?: string | undefined },
) {
  const found = context.store.contacts.search({ orgId, query, beforeSeq, limit: limit + 1 });
  return {
    data: found.slice(0, limit).map((contact) => ({ ...toContactBody(contact), position: [contact.seq] })),
    more: found.length > limit,
  };
}

export function readContact(context: ReferenceContext, orgId: string, id: string) {
  const contact = context.store.contacts.byId(orgId, id);
  if (!contact) throw notFound("contact", id);
  const conversations = context.store.conversations.byContact(id);
  return {
    contact: toContactBody(contact),
    activity: summarizeActivity(context, conversations),
    conversations: conversations.map((conversation) => toConversationRow(context, conversation)),
  };
}
