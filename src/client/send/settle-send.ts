/** Finds out, later, what became of a send whose outcome is open. */

import { monotonicNow } from "../clock.ts";
import type { CallOptions, Settings } from "../context.ts";
import { isObject } from "../json.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import { budgetOf, unlessGivenUp } from "../retry.ts";
import { recallConversationId } from "./conversation-ids.ts";
import { findSentMessage } from "./find-sent.ts";
import { askLedger, isGraceOver, keyOf } from "./send-ledger.ts";

async function settle(settings: Settings, reference: string, options: CallOptions): Promise<LedgerEntry | null> {
  const { ledger } = settings;
  const budget = budgetOf(settings, options);
  const key = keyOf(settings, reference);
  const ask = <Value>(work: () => Promise<Value>): Promise<Value> => askLedger(settings, budget, work);
  const entry = await ask(() => ledger.find(key));
  if (entry === null || entry.state !== "unknown") return entry;
  const { platform, to, messageType } = entry;
  await ask(() => recallConversationId(settings, platform, to));
  // The ledger does not keep the text: the reference tells.
  const isSame = (message: unknown) => isObject(message) && [undefined, messageType].includes(message.type as string);
  const sought = { platform, to, clientReference: reference, isSame };
  const since = monotonicNow(settings.clock) - entry.ageMs;
  const finding = await findSentMessage(settings, sought, { since, maybeSent: true }, budget);
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
  settings: Settings,
  reference: string,
  options: CallOptions = {},
): Promise<LedgerEntry | null> {
  return unlessGivenUp(settle(settings, reference, options));
}
