/** What would keep a send from going out here, told beforehand: the operator's settings, the caps, the template. */
import { parseRecipient } from "../../src/operations/recipient.ts";
import type { Data } from "../answers/summaries.ts";
import type { Guard } from "../safety/guard.ts";

export type SendReason = { code: string; message: string };

/**
 * @param args of check_messaging_window: the conversation, and the template that is meant
 * @param isSendingOffered whether the operator offers sending at all
 */
export async function listSendObstacles(
  guard: Guard,
  { conversationId, template, language }: Data,
  isSendingOffered: boolean,
  signal: AbortSignal | undefined,
): Promise<SendReason[]> {
  const reasons: SendReason[] = [];
  if (!isSendingOffered) reasons.push({ code: "sending_off", message: "The operator has switched sending off." });
  const recipient = parseRecipient(String(conversationId));
  if (recipient && guard.isRecipientAllowed && !guard.isRecipientAllowed(recipient.platform, recipient.to))
    reasons.push({ code: "recipient_not_allowed", message: "The operator does not allow this recipient." });
  const cap = await describeReachedCap(guard);
  if (cap !== undefined) reasons.push({ code: "cap_reached", message: cap });
  if (typeof template === "string") {
    const problem = await guard.checkTemplate.byName(template, language, signal);
    if (problem !== undefined) reasons.push({ code: "template_mismatch", message: problem });
  }
  return reasons;
}

/** Asks for a place under the caps and gives it back. */
async function describeReachedCap({ admitSend }: Guard): Promise<string | undefined> {
  try {
    const admission = await admitSend();
    if (!admission.admitted)
      return `The operator's cap is reached: sending again in ${Math.ceil(admission.waitMs / 1000)} seconds.`;
    await admission.release();
    return undefined;
  } catch {
    return "The send ledger cannot be asked, and without it nothing is sent: tell the operator.";
  }
}
