/**
 * Smart Triggers at work: each that is switched on and matches a message acts once, in the order in which they were
 * made. What a trigger sends sets off none, so that none can set itself off.
 */
import type { ReferenceContext } from "../context.ts";
import { updateContact } from "../inbox/contacts.ts";
import { assignConversation } from "../inbox/conversations.ts";
import type { StoredTrigger, TriggerCondition, TriggerOutcome } from "../store/automation/triggers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { StoredMessage } from "../store/messages.ts";
import { sendReply } from "./reply.ts";

/** A contact has at most so many tags. */
const maxTags = 100;

/** In any case, and however the same letters are written: in capitals, for a small one may depend on its place (σ, ς). */
function normalize(text: string): string {
  return text.normalize("NFKC").toUpperCase();
}

export function matchesTrigger(
  { direction, platforms, contains }: TriggerCondition,
  message: Pick<StoredMessage, "direction" | "content">,
  { platform }: Pick<StoredConversation, "platform">,
): boolean {
  if (direction !== "any" && direction !== message.direction) return false;
  if (platforms && !platforms.includes(platform)) return false;
  const text = normalize(message.content ?? "");
  return !contains || contains.some((phrase) => text.includes(normalize(phrase)));
}

export function runTriggers(context: ReferenceContext, orgId: string, messageId: string): void {
  const { store } = context;
  const triggers = store.triggers.byOrg(orgId).filter(({ enabled }) => enabled);
  if (triggers.length === 0) return;
  const message = store.messages.byId(messageId) as StoredMessage;
  const conversation = store.conversations.bySeq(message.conversation) as StoredConversation;
  for (const trigger of triggers) {
    if (matchesTrigger(trigger.when, message, conversation)) runTrigger(context, trigger, message, conversation);
  }
}

function runTrigger(
  context: ReferenceContext,
  trigger: StoredTrigger,
  message: StoredMessage,
  conversation: StoredConversation,
): void {
  const { store, clock, changes } = context;
  const { addTags, assign, reply } = trigger.actions;
  const outcomes: TriggerOutcome[] = [];
  if (addTags) outcomes.push(addMissingTags(context, conversation, addTags));
  if (assign) outcomes.push(assignTo(context, conversation.seq, assign));
  if (reply) outcomes.push(sendReply(context, trigger, reply, readConversation(context, conversation.seq)));
  store.triggers.insertRun({
    triggerId: trigger.id,
    triggerName: trigger.name,
    orgId: trigger.orgId,
    conversation: conversation.seq,
    messageId: message.id,
    outcomes,
    createdAt: clock.now(),
  });
  changes.note({ kind: "automation" });
}

/** As it is now: what ran before may have changed it. */
function readConversation({ store }: ReferenceContext, seq: number): StoredConversation {
  return store.conversations.bySeq(seq) as StoredConversation;
}

/** A contact that was deleted gets none. */
function addMissingTags(
  context: ReferenceContext,
  { orgId, contactId }: StoredConversation,
  tags: readonly string[],
): TriggerOutcome {
  const contact = context.store.contacts.byId(orgId, contactId);
  const known = contact?.tags ?? [];
  const missing = contact ? tags.filter((tag) => !known.includes(tag)).slice(0, maxTags - known.length) : [];
  if (missing.length > 0) updateContact(context, orgId, contactId, { tags: [...known, ...missing] });
  return { action: "addTags", tags: missing };
}

/** A conversation that is theirs already stays as it is, and nothing is emitted. */
function assignTo(
  context: ReferenceContext,
  seq: number,
  assignee: NonNullable<StoredTrigger["actions"]["assign"]>,
): TriggerOutcome {
  const conversation = readConversation(context, seq);
  const isTheirs = conversation.status === "assigned" && conversation.assignee?.id === assignee.id;
  if (!isTheirs) assignConversation(context, conversation, assignee);
  return { action: "assign", assignee: assignee.name, changed: !isTheirs };
}
