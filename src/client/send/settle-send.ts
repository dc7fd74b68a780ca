/** Finds out, later, what became of a send whose outcome is open. */

import { monotonicNow } from "../clock.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import { isObject } from "../json.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import { startDeadline, unwrapAbortReason } from "../retry.ts";
import { recallConversationId } from "./conversation-ids.ts";
import { findSentMessage } from "./find-sent.ts";
import { askLedger, isGraceOver, toLedgerKey } from "./send-ledger.ts";

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
  await ask(() => recallConversationId(context, platform, to));
  // The ledger does not keep the text: the reference tells.
  const isSame = (message: unknown) => isObject(message) && [undefined, messageType].includes(message.type as string);
  const identity = { platform, to, clientReference: reference, isSame };
  const since = monotonicNow(context.clock) - entry.ageMs;
  const finding = await findSentMessage(context, identity, { since, maybeSent: true }, deadline);
  if (finding.kind === "found") {
    const { id, conversationId, createdAt } = finding.answer.body;
    const about = {
      conversationId: typeof conversationId === "string" ? conversationId : null,
      sentAt: typeof createdAt === "string" ? createdAt : null,
    };
    return ask(() => ledger.record(key, { state: "sent", messageId: String(id), ...about }));
  }
  if (finding.kind === "inconclusive" && finding.error) throw finding.error;
  if (finding.kind === "absent" && finding.unproven === null && isGraceOver(entry))
    return ask(() =>
      ledger.record(
        key,
        { state: "not_sent", reason: "the history since it was claimed does not have it" },
        entry.claimId,
      ),
    );
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
