/** Messages: sent by the org, received from customers, and what becomes of them (docs/contract.md, "Messages"). */
import type * as z from "zod";
import {
  conversationIdOf,
  type Message,
  type MessageInput,
  type MessageStatus,
  messagingWindowMs,
  type Platform,
  type TemplateWindowStatus,
} from "../../src/api/index.ts";
import { iso, isoOrNull } from "../clock.ts";
import { writtenConversationId } from "../control/behaviour.ts";
import { invalidField, notFound, Refusal } from "../http/answers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { MessageHome, StoredMessage } from "../store/messages.ts";
import type { World } from "../world.ts";
import { conversationWith, reopened, route } from "./conversations.ts";
import { emit } from "./events.ts";
import { filledText, templateOf } from "./templates.ts";

/** A message as answers, history and events carry it. */
export function messageBody(
  { behaviour }: World,
  message: StoredMessage,
  home: Pick<MessageHome, "conversationId" | "platform">,
): Message {
  return {
    id: message.id,
    conversationId: writtenConversationId(behaviour.current, { id: home.conversationId, seq: message.conversation }),
    platform: home.platform as Platform,
    ...(message.to === null ? {} : { to: message.to }),
    type: message.type,
    direction: message.direction,
    ...(message.status == null ? {} : { status: message.status }),
    ...(message.failureReason === null ? {} : { failureReason: message.failureReason }),
    content: message.content,
    metadata: message.metadata,
    createdAt: iso(message.createdAt),
  };
}

/** WhatsApp's 24-hour window of a conversation, where it is closed; `undefined` while it is open. */
function closedWindow(world: World, conversation: StoredConversation | undefined): TemplateWindowStatus | undefined {
  const lastInboundAt = conversation?.lastInboundAt ?? null;
  const expiredAt = lastInboundAt === null ? null : lastInboundAt + messagingWindowMs;
  if (expiredAt !== null && world.clock.now() < expiredAt) return undefined;
  return {
    open: false,
    lastInboundAt: isoOrNull(lastInboundAt),
    expiredAt: isoOrNull(expiredAt),
    requiresTemplate: true,
  };
}

type NewMessage = Pick<StoredMessage, "type" | "direction" | "to" | "status" | "content" | "metadata">;

/**
 * Writes the message down, routes a new conversation, and emits. No two messages of a conversation share a createdAt:
 * the later one moves on by a millisecond, so that pages of history miss nothing.
 */
function record(
  world: World,
  { conversation, isNew }: { conversation: StoredConversation; isNew: boolean },
  message: NewMessage,
): Message {
  const createdAt = Math.max(world.clock.now(), (conversation.lastMessageAt ?? Number.NEGATIVE_INFINITY) + 1);
  const stored: StoredMessage = {
    id: world.ids("msg"),
    conversation: conversation.seq,
    ...message,
    failureReason: null,
    createdAt,
  };
  world.store.messages.insert(stored);
  const inbound = message.direction === "inbound";
  const current: StoredConversation = {
    ...(inbound ? reopened(conversation) : conversation),
    updatedAt: createdAt,
    lastMessageAt: createdAt,
    lastInboundAt: inbound ? createdAt : conversation.lastInboundAt,
    lastOutboundAt: inbound ? conversation.lastOutboundAt : createdAt,
    messageCount: conversation.messageCount + 1,
  };
  world.store.conversations.update(current);
  const body = messageBody(world, stored, { conversationId: conversation.id, platform: conversation.platform });
  emit(world, conversation.orgId, "message.created", body);
  if (isNew) route(world, current);
  return body;
}

/**
 * `POST /messaging/send`.
 * @throws Refusal 400 `outside_messaging_window` or `template_rejected`; nothing was sent and nothing was made
 */
export function sendMessage(
  world: World,
  orgId: string,
  input: z.output<typeof MessageInput>,
): { message: Message; templateWindowStatus?: TemplateWindowStatus } {
  const conversationId = conversationIdOf(input.platform, input.to);
  const closed =
    input.platform === "whatsapp"
      ? closedWindow(world, world.store.conversations.byId(orgId, conversationId))
      : undefined;
  if (closed && input.messageType === "text") {
    throw new Refusal(
      "outside_messaging_window",
      `${
        closed.lastInboundAt === null
          ? `${input.to} has not written yet`
          : `The 24-hour window of ${input.to} closed at ${closed.expiredAt}`
      }. Nothing was sent. Send a template message instead, or wait until the customer writes.`,
      { templateWindowStatus: closed },
    );
  }
  const content =
    input.messageType === "text"
      ? input.content
      : filledText(templateOf(world, orgId, input.metadata.template), input.metadata.template);
  const place = conversationWith(world, orgId, input.platform, input.to);
  const message = record(world, place, {
    type: input.messageType,
    direction: "outbound",
    to: place.conversation.address,
    status: "queued",
    content,
    metadata: input.metadata ?? {},
  });
  return { message, ...(closed ? { templateWindowStatus: closed } : {}) };
}

/** A customer's message arrives. `from` is the customer's address, a phone number on WhatsApp. */
export function receiveMessage(
  world: World,
  orgId: string,
  inbound: { platform: Platform; from: string; content: string; name?: string | undefined },
): Message {
  const { platform } = inbound;
  const place = conversationWith(world, orgId, platform, inbound.from, inbound.name);
  const mark = world.ids("msg").slice("msg_".length);
  return record(world, place, {
    type: "text",
    direction: "inbound",
    to: null,
    status: null,
    content: inbound.content,
    metadata: {
      platformMessageId: platform === "whatsapp" ? `wamid.${mark}` : `${platform}.${mark}`,
      source: `${platform}_unified_system`,
    },
  });
}

const order: MessageStatus[] = ["queued", "sent", "delivered", "read"];

/** What may follow: further along the way, or `failed` until the message was delivered. The same again changes nothing. */
function mayFollow(from: MessageStatus, to: MessageStatus): boolean {
  return to === "failed"
    ? from === "queued" || from === "sent"
    : from !== "failed" && order.indexOf(to) > order.indexOf(from);
}

/**
 * Moves an outbound message on; each change emits `message.updated`.
 * @throws Refusal 404; 400 for a status that cannot follow, or for an inbound message
 */
export function setMessageStatus(world: World, id: string, status: MessageStatus, failureReason?: string): Message {
  const message = world.store.messages.byId(id);
  if (!message) throw notFound("message", id);
  if (message.status == null) throw invalidField(["status"], "cannot be set: an inbound message has no status");
  if (failureReason !== undefined && status !== "failed") {
    throw invalidField(["failureReason"], "is for the status failed only; leave it out");
  }
  if (message.status === status) return messageBody(world, message, message.home);
  if (!mayFollow(message.status, status)) {
    throw invalidField(
      ["status"],
      `cannot become ${status}: the message is ${message.status}, and messages go queued, sent, delivered, read, or from queued or sent to failed`,
    );
  }
  const reason = status === "failed" ? (failureReason ?? "The message could not be delivered.") : null;
  world.store.messages.setStatus(id, status, reason);
  const body = messageBody(world, { ...message, status, failureReason: reason }, message.home);
  emit(world, message.home.orgId, "message.updated", body);
  return body;
}
