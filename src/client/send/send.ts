/**
 * A send happens once, or its error says whether it happened. The API documents no idempotency key, so every message
 * carries a reference of its own in its metadata, is noted in the ledger before it leaves, and when its answer is lost it is
 * looked up by its reference in the conversation's history.
 */
import type { MessageInput } from "../../api/index.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError } from "../deadline.ts";
import { isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import { notifyHook, type SendEvent } from "../hooks.ts";
import type { SendOptions } from "../options.ts";
import { type PreparedSend, parseSend } from "./parse-send.ts";
import { sendClaimed } from "./send-claimed.ts";
import { createConflictError } from "./send-errors.ts";
import { claimSend, type SendResult } from "./send-ledger.ts";
import { sendUnderReference } from "./send-under-reference.ts";

/**
 * Every error of the tree says by its `outcome` whether the message was sent: `not_sent`, or `unknown` on
 * UnknownOutcomeError alone. @throws the signal's own reason when aborted with nothing sent
 */
export async function sendMessage(
  context: ClientContext,
  input: MessageInput,
  options: SendOptions = {},
): Promise<SendResult> {
  const tell = (outcome: SendEvent["outcome"]): void => notifyHook(context.hooks.onSend, { outcome });
  try {
    const send = parseSend(context, input, options);
    const { signal } = send.deadline;
    if (signal?.aborted) throw new AbortedError(signal.reason, false);
    const result = await (send.isReferenceGiven ? sendUnderReference(context, send) : sendNew(context, send));
    tell(result.alreadySent ? "already_sent" : "sent");
    return result;
  } catch (error) {
    const isUnknown = isErrorNamed(error, "UnknownOutcomeError");
    tell(isUnknown ? "unknown" : "not_sent");
    if (error instanceof AbortedError) throw error.reason;
    if (isOnSyncError(error)) error.outcome = isUnknown ? "unknown" : "not_sent";
    throw error;
  }
}

/** A message whose reference was made just now: nobody can have sent it before. */
async function sendNew(context: ClientContext, send: PreparedSend): Promise<SendResult> {
  const { granted, entry } = await claimSend(context, send);
  if (!granted) throw createConflictError(send.identity.clientReference, entry);
  return sendClaimed(context, send, entry);
}
