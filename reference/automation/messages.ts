/**
 * Messages with all that they set off, whichever way they came: an API send, a teammate in the console, a customer. The
 * reference's callers send and receive by these, so that nothing goes past Smart Triggers, summaries and the carrier.
 * All of it is part of the transaction that the message is written in.
 */
import type { Message } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { resolveConversation } from "../inbox/conversations.ts";
import { receiveMessage, sendMessage } from "../inbox/messages.ts";
import type { StoredConversation } from "../store/conversations.ts";
import { handToCarrier } from "./carrier.ts";
import { runTriggers } from "./run-triggers.ts";
import { summarize, summarizeIfDue } from "./summaries.ts";

/** As {@link sendMessage}. */
export function sendAndAutomate(...given: Parameters<typeof sendMessage>): ReturnType<typeof sendMessage> {
  const [context, orgId] = given;
  const sent = sendMessage(...given);
  handToCarrier(context, sent.message.id);
  automate(context, orgId, sent.message);
  return sent;
}

/** As {@link receiveMessage}. */
export function receiveAndAutomate(...given: Parameters<typeof receiveMessage>): Message {
  const [context, orgId] = given;
  const message = receiveMessage(...given);
  automate(context, orgId, message);
  return message;
}

/** As {@link resolveConversation}. Where conversations are summarised, one that is resolved is. */
export function resolveAndSummarize(context: ReferenceContext, conversation: StoredConversation): StoredConversation {
  if (conversation.status === "resolved") return conversation;
  const resolved = resolveConversation(context, conversation);
  summarize(context, resolved);
  return resolved;
}

function automate(context: ReferenceContext, orgId: string, { id }: Message): void {
  runTriggers(context, orgId, id);
  summarizeIfDue(context, orgId, id);
}
