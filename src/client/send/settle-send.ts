/** Finds out, later, what became of a send whose outcome is open. */
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { startDeadline, unwrapAbortReason } from "../deadline.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import type { CallOptions } from "../options.ts";
import { isObject, textOrNull } from "../wire/json.ts";
import { findSentMessage } from "./find-sent.ts";
import { recallConversationId } from "./learn-conversation.ts";
import { askLedger } from "./ledger-calls.ts";
import { isGraceOver, toLedgerKey } from "./send-ledger.ts";

async function settleEntry(
  context: ClientContext,
  reference: string,
  options: CallOptions,
): Promise<LedgerEntry | null> {
  const { ledger } = context;
  const deadline = startDeadline(context, options);
  const key = toLedgerKey(context, reference);
  const ask = <Value>(work: () => Promise<Value>): Promise<Value> => askLedger(context, deadline, work);
  const entry = await ask(() => ledger.find(key));
  if (entry === null || entry.state !== "unknown") return entry;
  const { platform, to, messageType } = entry;
  await ask(() => recallConversationId(context, entry));
  // The ledger does not keep the text, so that the reference and the type tell.
  const isSame = (message: unknown) => isObject(message) && [undefined, messageType].includes(message.type as string);
  const identity = { platform, to, clientReference: reference, isSame };
  const since = monotonicNow(context.clock) - entry.ageMs;
  const result = await findSentMessage(context, identity, { since, maybeSent: true }, deadline);
  if (result.kind === "found") {
    const { id, conversationId, createdAt } = result.message;
    const about = { conversationId: textOrNull(conversationId), sentAt: textOrNull(createdAt) };
    return ask(() => ledger.record(key, { state: "sent", messageId: String(id), ...about }));
  }
  if (result.kind === "inconclusive" && result.error) throw result.error;
  if (result.kind === "absent" && result.unproven === null && isGraceOver(entry)) {
    const reason = "the history since it was claimed does not have it";
    return ask(() => ledger.record(key, { state: "not_sent", reason }, entry.claimId));
  }
  return entry;
}

/** @throws what reading the history ends in; the signal's own reason when aborted */
export function settleSend(
  context: ClientContext,
  reference: string,
  options: CallOptions = {},
): Promise<LedgerEntry | null> {
  return unwrapAbortReason(settleEntry(context, reference, options));
}
