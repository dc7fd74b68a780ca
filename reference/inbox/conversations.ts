/** Conversations and the inbox's routing rules: who gets a new one, and what reopens a resolved one. */
import {
  type Assignee,
  type Conversation,
  type Platform,
  parseConversationId,
  toConversationId,
} from "../../src/api/index.ts";
import { toIso, toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId, parseOpaqueConversationId } from "../deviations/behaviour.ts";
import { notFound } from "../http/answers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import { findOrCreateContact } from "./contacts.ts";
import { enqueueEvent } from "./events.ts";

export function toConversationBody({ behaviour }: ReferenceContext, conversation: StoredConversation): Conversation {
  return {
    id: formatConversationId(behaviour.current, conversation),
    platform: conversation.platform,
    contactId: conversation.contactId,
    status: conversation.status,
    assignee: conversation.assignee,
    createdAt: toIso(conversation.createdAt),
    updatedAt: toIso(conversation.updatedAt),
    ...(conversation.resolvedAt === null ? {} : { resolvedAt: toIso(conversation.resolvedAt) }),
    lastMessageAt: toIsoOrNull(conversation.lastMessageAt),
    lastInboundAt: toIsoOrNull(conversation.lastInboundAt),
  };
}

/** The conversation with this documented id, in whichever form a phone number is written in it. */
function findByDocumentedId({ store }: ReferenceContext, orgId: string, id: string): StoredConversation | undefined {
  const parts = parseConversationId(id);
  return store.conversations.byId(orgId, parts ? toConversationId(parts.platform, parts.address) : id);
}

/** The conversation that is written with this id now, in the form that is set. */
function findByWrittenId(context: ReferenceContext, orgId: string, id: string): StoredConversation | undefined {
  const { behaviour, store } = context;
  switch (behaviour.current.conversationIds) {
    case "documented":
      return findByDocumentedId(context, orgId, id);
    case "digits":
      return /^whatsapp:\D/.test(id)
        ? undefined
        : store.conversations.byId(orgId, id.replace(/^whatsapp:/, "whatsapp:+"));
    case "opaque": {
      const seq = parseOpaqueConversationId(id);
      const found = seq === null ? undefined : store.conversations.bySeq(seq);
      return found?.orgId === orgId ? found : undefined;
    }
  }
}

/**
 * The conversation that a caller of the API names.
 * @throws Refusal 404
 */
export function getConversation(context: ReferenceContext, orgId: string, id: string): StoredConversation {
  const conversation = findByWrittenId(context, orgId, id);
  if (!conversation) throw notFound("conversation", id);
  return conversation;
}

/**
 * For those who stand around OnSync (the control API, the console): by the id it is written with, or the documented one.
 * @throws Refusal 404
 */
export function getConversationByAnyId(context: ReferenceContext, orgId: string, id: string): StoredConversation {
  const conversation = findByWrittenId(context, orgId, id) ?? findByDocumentedId(context, orgId, id);
  if (!conversation) throw notFound("conversation", id);
  return conversation;
}

/** The conversation with an address; the contact and the conversation are made when they are new. */
export function findOrCreateConversation(
  context: ReferenceContext,
  orgId: string,
  platform: Platform,
  address: string,
  name?: string,
): { conversation: StoredConversation; isNew: boolean } {
  const id = toConversationId(platform, address);
  const known = context.store.conversations.byId(orgId, id);
  if (known) return { conversation: known, isNew: false };
  const bare = id.slice(platform.length + 1);
  const contact = findOrCreateContact(context, orgId, platform, bare, name);
  const createdAt = context.clock.now();
  return {
    conversation: context.store.conversations.insert({
      orgId,
      id,
      platform,
      address: bare,
      contactId: contact.id,
      createdAt,
    }),
    isNew: true,
  };
}

export function assignConversation(
  context: ReferenceContext,
  conversation: StoredConversation,
  assignee: Assignee,
): StoredConversation {
  const assigned: StoredConversation = {
    ...conversation,
    status: "assigned",
    assignee,
    resolvedAt: null,
    updatedAt: context.clock.now(),
  };
  context.store.conversations.update(assigned);
  enqueueEvent(context, conversation.orgId, "conversation.assigned", toConversationBody(context, assigned));
  return assigned;
}

/** A new conversation goes to the teammate whose turn it is; in an org without teammates it stays open. */
export function assignNextTeammate(context: ReferenceContext, conversation: StoredConversation): StoredConversation {
  const teammate = context.store.orgs.nextTeammate(conversation.orgId);
  return teammate ? assignConversation(context, conversation, teammate) : conversation;
}

/** What an inbound message does to a resolved conversation: it is its assignee's again, or open. */
export function reopen(conversation: StoredConversation): StoredConversation {
  return conversation.status === "resolved"
    ? { ...conversation, status: conversation.assignee ? "assigned" : "open", resolvedAt: null }
    : conversation;
}

/** Resolving a resolved conversation changes nothing and emits nothing. */
export function resolveConversation(context: ReferenceContext, conversation: StoredConversation): StoredConversation {
  if (conversation.status === "resolved") return conversation;
  const now = context.clock.now();
  const resolved: StoredConversation = { ...conversation, status: "resolved", resolvedAt: now, updatedAt: now };
  context.store.conversations.update(resolved);
  enqueueEvent(context, conversation.orgId, "conversation.resolved", toConversationBody(context, resolved));
  return resolved;
}

/** A teammate takes it up again, or takes back that it was resolved. OnSync has no event for that, so none is emitted. */
export function reopenConversation(context: ReferenceContext, conversation: StoredConversation): StoredConversation {
  if (conversation.status !== "resolved") return conversation;
  const reopened = { ...reopen(conversation), updatedAt: context.clock.now() };
  context.store.conversations.update(reopened);
  context.changes.note({ kind: "conversation", id: toConversationBody(context, reopened).id });
  return reopened;
}
