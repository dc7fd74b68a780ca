/** Messages: sent by the org, received from customers, and what becomes of them (docs/contract.md, "Messages"). */
import type * as z from "zod";
import {
  calculateWindowEnd,
  isWindowOpen,
  type Message,
  type MessageInput,
  type MessageStatus,
  type Platform,
  type TemplateWindowStatus,
  toConversationId,
} from "../../src/api/index.ts";
import { toIso, toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId } from "../deviations/behaviour.ts";
import { invalidField, notFound, Refusal } from "../http/answers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { MessageHome, StoredMessage } from "../store/messages.ts";
import { assignNextTeammate, findOrCreateConversation, reopen } from "./conversations.ts";
import { enqueueEvent } from "./events.ts";
import { fillTemplate, findSendableTemplate } from "./templates.ts";

/** A message as answers, history and events carry it. */
export function toMessageBody(
  { behaviour }: ReferenceContext,
  message: StoredMessage,
  home: Pick<MessageHome, "conversationId" | "platform">,
): Message {
  return {
    id: message.id,
    conversationId: formatConversationId(behaviour.current, { id: home.conversationId, seq: message.conversation }),
    platform: home.platform as Platform,
    ...(message.to === null ? {} : { to: message.to }),
    type: message.type,
    direction: message.direction,
    ...(message.status == null ? {} : { status: message.status }),
    ...(message.failureReason === null ? {} : { failureReason: message.failureReason }),
    content: message.content,
    metadata: message.metadata,
    createdAt: toIso(message.createdAt),
  };
}

/** WhatsApp's 24-hour window of a conversation, where it is closed; `undefined` while it is open. */
function findClosedWindow(
  context: ReferenceContext,
  conversation: StoredConversation | undefined,
): TemplateWindowStatus | undefined {
  const lastInboundAt = conversation?.lastInboundAt ?? null;
  if (isWindowOpen(lastInboundAt, context.clock.now())) return undefined;
  return {
    open: false,
    lastInboundAt: toIsoOrNull(lastInboundAt),
    expiredAt: toIsoOrNull(lastInboundAt === null ? null : calculateWindowEnd(lastInboundAt)),
    requiresTemplate: true,
  };
}

type NewMessage = Pick<StoredMessage, "type" | "direction" | "to" | "status" | "content" | "metadata">;

/**
 * Writes the message down, routes a new conversation, and emits. No two messages of a conversation share a createdAt:
 * the later one moves on by a millisecond, so that pages of history miss nothing.
 */
function recordMessage(
  context: ReferenceContext,
  { conversation, isNew }: { conversation: StoredConversation; isNew: boolean },
  message: NewMessage,
): Message {
  const createdAt = Math.max(context.clock.now(), (conversation.lastMessageAt ?? Number.NEGATIVE_INFINITY) + 1);
  const stored: StoredMessage = {
    id: context.ids("msg"),
    conversation: conversation.seq,
    ...message,
    failureReason: null,
    createdAt,
  };
  context.store.messages.insert(stored);
  const inbound = message.direction === "inbound";
  const current: StoredConversation = {
    ...(inbound ? reopen(conversation) : conversation),
    updatedAt: createdAt,
    lastMessageAt: createdAt,
    lastInboundAt: inbound ? createdAt : conversation.lastInboundAt,
    lastOutboundAt: inbound ? conversation.lastOutboundAt : createdAt,
    messageCount: conversation.messageCount + 1,
  };
  context.store.conversations.update(current);
  const body = toMessageBody(context, stored, { conversationId: conversation.id, platform: conversation.platform });
  enqueueEvent(context, conversation.orgId, "message.created", body);
  if (isNew) assignNextTeammate(context, current);
  return body;
}

/**
 * `POST /messaging/send`.
 * @throws Refusal 400 `outside_messaging_window` or `template_rejected`; nothing was sent and nothing was made
 */
export function sendMessage(
  context: ReferenceContext,
  orgId: string,
  input: z.output<typeof MessageInput>,
): { message: Message; templateWindowStatus?: TemplateWindowStatus } {
  const conversationId = toConversationId(input.platform, input.to);
  const closed =
    input.platform === "whatsapp"
      ? findClosedWindow(context, context.store.conversations.byId(orgId, conversationId))
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
      : fillTemplate(findSendableTemplate(context, orgId, input.metadata.template), input.metadata.template);
  const place = findOrCreateConversation(context, orgId, input.platform, input.to);
  const message = recordMessage(context, place, {
    type: input.messageType,
    direction: "outbound",
    to: place.conversation.address,
    status: "queued",
    content,
    metadata: input.metadata ?? {},
  });
  return { message, templateWindowStatus: closed };
}

/** A customer's message arrives. `from` is the customer's address, a phone number on WhatsApp. */
export function receiveMessage(
  context: ReferenceContext,
  orgId: string,
  inbound: { platform: Platform; from: string; content: string; name?: string | undefined },
): Message {
  const { platform } = inbound;
  const place = findOrCreateConversation(context, orgId, platform, inbound.from, inbound.name);
  const mark = context.ids("msg").slice("msg_".length);
  return recordMessage(context, place, {
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

const statusOrder: MessageStatus[] = ["queued", "sent", "delivered", "read"];

/** What may follow: further along the way, or `failed` until the message was delivered. The same again changes nothing. */
function canFollow(from: MessageStatus, to: MessageStatus): boolean {
  return to === "failed"
    ? from === "queued" || from === "sent"
    : from !== "failed" && statusOrder.indexOf(to) > statusOrder.indexOf(from);
}

/**
 * Moves an outbound message on; each change emits `message.updated`.
 * @throws Refusal 404; 400 for a status that cannot follow, or for an inbound message
 */
export function setMessageStatus(
  context: ReferenceContext,
  id: string,
  status: MessageStatus,
  failureReason?: string,
): Message {
  const message = context.store.messages.byId(id);
  if (!message) throw notFound("message", id);
  if (message.status == null) throw invalidField(["status"], "cannot be set: an inbound message has no status");
  if (failureReason !== undefined && status !== "failed") {
    throw invalidField(["failureReason"], "is for the status failed only; leave it out");
  }
  if (message.status === status) return toMessageBody(context, message, message.home);
  if (!canFollow(message.status, status)) {
    throw invalidField(
      ["status"],
      `cannot become ${status}: the message is ${message.status}, and messages go queued, sent, delivered, read, or from queued or sent to failed`,
    );
  }
  const reason = status === "failed" ? (failureReason ?? "The message could not be delivered.") : null;
  context.store.messages.setStatus(id, status, reason);
  const body = toMessageBody(context, { ...message, status, failureReason: reason }, message.home);
  enqueueEvent(context, message.home.orgId, "message.updated", body);
  return body;
}
