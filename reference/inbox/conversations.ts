/** Conversations and the inbox's routing rules: who gets a new one, and what reopens a resolved one. */
import {
  type Assignee,
  type Conversation,
  conversationIdOf,
  type Platform,
  parseConversationId,
} from "../../src/api/index.ts";
import { iso, isoOrNull } from "../clock.ts";
import { conversationNumber, writtenConversationId } from "../control/behaviour.ts";
import { notFound } from "../http/answers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { World } from "../world.ts";
import { contactOfAddress } from "./contacts.ts";
import { emit } from "./events.ts";

export function conversationBody({ behaviour }: World, conversation: StoredConversation): Conversation {
  return {
    id: writtenConversationId(behaviour.current, conversation),
    platform: conversation.platform,
    contactId: conversation.contactId,
    status: conversation.status,
    assignee: conversation.assignee,
    createdAt: iso(conversation.createdAt),
    updatedAt: iso(conversation.updatedAt),
    ...(conversation.resolvedAt === null ? {} : { resolvedAt: iso(conversation.resolvedAt) }),
    lastMessageAt: isoOrNull(conversation.lastMessageAt),
    lastInboundAt: isoOrNull(conversation.lastInboundAt),
  };
}

/** The conversation with this documented id, in whichever form a phone number is written in it. */
function byDocumentedId({ store }: World, orgId: string, id: string): StoredConversation | undefined {
  const parts = parseConversationId(id);
  return store.conversations.byId(orgId, parts ? conversationIdOf(parts.platform, parts.address) : id);
}

/** The conversation that is written with this id now, in the form that is set. */
function byWrittenId(world: World, orgId: string, id: string): StoredConversation | undefined {
  const { behaviour, store } = world;
  switch (behaviour.current.conversationIds) {
    case "documented":
      return byDocumentedId(world, orgId, id);
    case "digits":
      return /^whatsapp:\D/.test(id)
        ? undefined
        : store.conversations.byId(orgId, id.replace(/^whatsapp:/, "whatsapp:+"));
    case "opaque": {
      const seq = conversationNumber(id);
      const found = seq === null ? undefined : store.conversations.bySeq(seq);
      return found?.orgId === orgId ? found : undefined;
    }
  }
}

/**
 * The conversation that a caller of the API names.
 * @throws Refusal 404
 */
export function conversationOfCaller(world: World, orgId: string, id: string): StoredConversation {
  const conversation = byWrittenId(world, orgId, id);
  if (!conversation) throw notFound("conversation", id);
  return conversation;
}

/**
 * For those who stand around OnSync (the control API, the console): by the id it is written with, or the documented one.
 * @throws Refusal 404
 */
export function conversationOf(world: World, orgId: string, id: string): StoredConversation {
  const conversation = byWrittenId(world, orgId, id) ?? byDocumentedId(world, orgId, id);
  if (!conversation) throw notFound("conversation", id);
  return conversation;
}

/** The conversation with an address; the contact and the conversation are made when they are new. */
export function conversationWith(
  world: World,
  orgId: string,
  platform: Platform,
  address: string,
  name?: string,
): { conversation: StoredConversation; isNew: boolean } {
  const id = conversationIdOf(platform, address);
  const known = world.store.conversations.byId(orgId, id);
  if (known) return { conversation: known, isNew: false };
  const bare = id.slice(platform.length + 1);
  const contact = contactOfAddress(world, orgId, platform, bare, name);
  const createdAt = world.clock.now();
  return {
    conversation: world.store.conversations.insert({
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

export function assign(world: World, conversation: StoredConversation, assignee: Assignee): StoredConversation {
  const assigned: StoredConversation = {
    ...conversation,
    status: "assigned",
    assignee,
    resolvedAt: null,
    updatedAt: world.clock.now(),
  };
  world.store.conversations.update(assigned);
  emit(world, conversation.orgId, "conversation.assigned", conversationBody(world, assigned));
  return assigned;
}

/** A new conversation goes to the teammate whose turn it is; in an org without teammates it stays open. */
export function route(world: World, conversation: StoredConversation): StoredConversation {
  const teammate = world.store.orgs.nextTeammate(conversation.orgId);
  return teammate ? assign(world, conversation, teammate) : conversation;
}

/** What an inbound message does to a resolved conversation: it is its assignee's again, or open. */
export function reopened(conversation: StoredConversation): StoredConversation {
  return conversation.status === "resolved"
    ? { ...conversation, status: conversation.assignee ? "assigned" : "open", resolvedAt: null }
    : conversation;
}

/** Resolving a resolved conversation changes nothing and emits nothing. */
export function resolve(world: World, conversation: StoredConversation): StoredConversation {
  if (conversation.status === "resolved") return conversation;
  const now = world.clock.now();
  const resolved: StoredConversation = { ...conversation, status: "resolved", resolvedAt: now, updatedAt: now };
  world.store.conversations.update(resolved);
  emit(world, conversation.orgId, "conversation.resolved", conversationBody(world, resolved));
  return resolved;
}
