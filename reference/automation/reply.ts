/** The reply of a Smart Trigger: put together for a customer, and sent or refused. */
import { type MessageInput, maxMessageCharacters } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { Refusal } from "../http/answers.ts";
import { hourMs } from "../inbox/budget.ts";
import { sendMessage } from "../inbox/messages.ts";
import type { StoredTrigger, TriggerOutcome, TriggerReply } from "../store/automation/triggers.ts";
import type { StoredConversation } from "../store/conversations.ts";
import { handToCarrier } from "./carrier.ts";

/**
 * So many replies triggers send in a conversation within an hour. A reply sets off no trigger, so that this bounds what
 * somebody else's program, which answers each reply, could make of it.
 */
export const maxRepliesAnHour = 20;

/** The reply's template as a message names it. */
export function toTemplateReference({ template, language, parameters }: Extract<TriggerReply, { template: string }>) {
  const values = parameters.map((text) => ({ type: "text", text }));
  return { name: template, language, components: values.length === 0 ? [] : [{ type: "body", parameters: values }] };
}

/** `{{firstName}}` is the customer's, or "there" while it is not known: "Hi there". */
function fillIn(text: string, firstName: string | null): string {
  return text.replaceAll("{{firstName}}", () => firstName ?? "there");
}

function writeReply(
  reply: TriggerReply,
  conversation: StoredConversation,
  firstName: string | null,
  metadata: Record<string, unknown>,
): Parameters<typeof sendMessage>[2] {
  const { platform, address: to } = conversation;
  if ("text" in reply) {
    const content = fillIn(reply.text, firstName);
    if ([...content].length > maxMessageCharacters) {
      throw new Refusal("validation_failed", `The reply is longer than ${maxMessageCharacters} characters.`);
    }
    return { platform, to, messageType: "text", content, metadata };
  }
  if (platform !== "whatsapp") {
    throw new Refusal(
      "validation_failed",
      "Templates are sent on WhatsApp only. Give the trigger a text to reply with.",
    );
  }
  const parameters = reply.parameters.map((parameter) => fillIn(parameter, firstName));
  const template = toTemplateReference({ ...reply, parameters });
  return { platform, to, messageType: "template", metadata: { ...metadata, template } } satisfies MessageInput;
}

/** A reply that is refused undoes nothing else: the trigger's run says why. */
export function sendReply(
  context: ReferenceContext,
  trigger: StoredTrigger,
  reply: TriggerReply,
  conversation: StoredConversation,
): TriggerOutcome {
  const { store, clock } = context;
  if (store.triggers.countReplies(conversation.seq, clock.now() - hourMs) >= maxRepliesAnHour) {
    const refused = `Triggers have sent ${maxRepliesAnHour} replies in this conversation within an hour: no more are sent.`;
    return { action: "reply", refused };
  }
  const firstName = store.contacts.byId(conversation.orgId, conversation.contactId)?.firstName ?? null;
  try {
    const metadata = { source: "smart_trigger", triggerId: trigger.id };
    const { message } = sendMessage(context, conversation.orgId, writeReply(reply, conversation, firstName, metadata));
    handToCarrier(context, message.id);
    return { action: "reply", messageId: message.id };
  } catch (error) {
    if (error instanceof Refusal) return { action: "reply", refused: error.message };
    throw error;
  }
}
