/**
 * The stand-in for AI Agent summaries: no model writes them, and the same conversation always gives the same words. A
 * summary is kept with the conversation, and on its contact as the property `conversationSummary`, so that it arrives
 * with `contact.updated`.
 */
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId } from "../deviations/behaviour.ts";
import { updateContact } from "../inbox/contacts.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { StoredMessage } from "../store/messages.ts";
import type { SummarySettings } from "./input.ts";

const summaryProperty = "conversationSummary";

const withoutSummaries: SummarySettings = { enabled: false, everyMessages: 3 };
const maxQuoteCharacters = 120;
/** How far back the latest word of either side is looked for. */
const maxMessagesRead = 20;

export function readSummarySettings({ store }: ReferenceContext, orgId: string): SummarySettings {
  const kept = store.settings.get(`summaries ${orgId}`);
  return kept === undefined ? withoutSummaries : (JSON.parse(kept) as SummarySettings);
}

export function setSummarySettings(
  { store, changes }: ReferenceContext,
  orgId: string,
  { enabled, everyMessages }: SummarySettings,
): SummarySettings {
  const settings = { enabled, everyMessages };
  store.settings.set(`summaries ${orgId}`, JSON.stringify(settings));
  changes.note({ kind: "automation" });
  return settings;
}

/** On one line, and not longer than a line can be. */
function quote(text: string): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  const isLong = characters.length > maxQuoteCharacters;
  return `“${isLong ? `${characters.slice(0, maxQuoteCharacters - 1).join("")}…` : characters.join("")}”`;
}

/** @param latest the latest messages, newest first */
export function writeSummary(conversation: StoredConversation, latest: readonly StoredMessage[]): string {
  const { messageCount, createdAt, status, lastInboundAt, lastOutboundAt, assignee } = conversation;
  const findLast = (direction: StoredMessage["direction"]) =>
    latest.find((message) => message.direction === direction && message.content)?.content;
  const asked = findLast("inbound");
  const answered = findLast("outbound");
  const isWaiting = (lastInboundAt ?? 0) > (lastOutboundAt ?? 0);
  return [
    `${messageCount} message${messageCount === 1 ? "" : "s"} since ${toIso(createdAt).slice(0, 10)}.`,
    asked && `The customer's last: ${quote(asked)}.`,
    answered && `Our last: ${quote(answered)}.`,
    status === "resolved" ? "Resolved." : isWaiting ? "The customer waits for an answer." : "Answered.",
    assignee && status !== "resolved" && `With ${assignee.name}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Summarises the conversation now, where its org wants summaries. */
export function summarize(context: ReferenceContext, conversation: StoredConversation): void {
  const { store, clock, changes } = context;
  const { orgId, contactId, seq, messageCount } = conversation;
  if (!readSummarySettings(context, orgId).enabled) return;
  const text = writeSummary(conversation, store.messages.history(seq, Number.MAX_SAFE_INTEGER, maxMessagesRead));
  store.summaries.save({ conversation: seq, text, messageCount, createdAt: clock.now() });
  if (store.contacts.byId(orgId, contactId)) {
    updateContact(context, orgId, contactId, { properties: { [summaryProperty]: text } });
  }
  changes.note({ kind: "automation" });
}

/** As {@link summarize}, once as many messages have come as the org's setting says, of which this is the last. */
export function summarizeIfDue(context: ReferenceContext, orgId: string, messageId: string): void {
  const { enabled, everyMessages } = readSummarySettings(context, orgId);
  if (!enabled) return;
  const message = context.store.messages.byId(messageId) as StoredMessage;
  const conversation = context.store.conversations.bySeq(message.conversation) as StoredConversation;
  const summarized = context.store.summaries.byConversation(conversation.seq)?.messageCount ?? 0;
  if (conversation.messageCount - summarized >= everyMessages) summarize(context, conversation);
}

export type Summary = { conversationId: string; text: string; messageCount: number; createdAt: string };

/** Those of the most recently active conversations first. */
export function listSummaries(context: ReferenceContext, orgId: string, limit: number): Summary[] {
  const { store, behaviour } = context;
  return store.summaries.latestOfOrg(orgId, limit).map(({ conversation, text, messageCount, createdAt }) => ({
    conversationId: formatConversationId(
      behaviour.current,
      store.conversations.bySeq(conversation) as StoredConversation,
    ),
    text,
    messageCount,
    createdAt: toIso(createdAt),
  }));
}
