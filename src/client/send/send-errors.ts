/** The errors of a send whose outcome, or whose right to its reference, is in question. */
import type { Message } from "../../api/index.ts";
import type { ClientContext } from "../context.ts";
import { PermissionError } from "../errors/api-errors.ts";
import { ReferenceConflictError, UnknownOutcomeError } from "../errors/call-errors.ts";
import { isErrorNamed } from "../errors/guards.ts";
import type { OnSyncError } from "../errors/onsync-error.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import { textOrNull } from "../wire/json.ts";
import { isPermanentFailure, type SearchResult } from "./find-sent.ts";
import type { MessageIdentity } from "./reference.ts";

/** How errors call the history in which a message is looked for. */
export function describeHistory({ serverFacts }: ClientContext, identity: MessageIdentity): string {
  return `the history of ${serverFacts.conversationIds.get(identity).id}`;
}

export function createUnknownOutcome(
  { redact, serverFacts }: ClientContext,
  identity: MessageIdentity,
  reason: string,
  because: string,
  fields: { cause?: unknown; requestId?: string | undefined } = {},
): UnknownOutcomeError {
  const { id: conversationId } = serverFacts.conversationIds.get(identity);
  return new UnknownOutcomeError(redact.text(`Whether the message was sent cannot be told: ${reason}; ${because}`), {
    ...redact.data({ conversationId, clientReference: identity.clientReference }),
    ...fields,
  });
}

/** Nothing was sent by this call, and an earlier process may have sent it. `why`: the rest of a sentence on the history. */
export function createEarlierOutcomeUnknown(
  context: ClientContext,
  identity: MessageIdentity,
  why: string,
  cause?: OnSyncError,
): UnknownOutcomeError {
  const because = `${describeHistory(context, identity)} ${why}`;
  return createUnknownOutcome(context, identity, "nothing was sent now, and it may have been before", because, {
    cause,
    requestId: cause?.requestId,
  });
}

/** The history could not be read before the send. */
export function toUnreadableHistoryError(
  context: ClientContext,
  identity: MessageIdentity,
  result: SearchResult & { kind: "inconclusive" },
): Error {
  const { error, why } = result;
  if (error === undefined) return createEarlierOutcomeUnknown(context, identity, why);
  if (!isErrorNamed(error, "PermissionError")) {
    // What this ledger never knew was not sent by anybody who shares it; what OnSync refuses, it refused before as well.
    const isCertain = context.ledger.durable || isPermanentFailure(result);
    return isCertain ? error : createEarlierOutcomeUnknown(context, identity, why, error);
  }
  const { status, code, method, path, requestId, details, fromApi, message, scope } = error;
  return new PermissionError(message, {
    ...{ status, code, method, path, requestId, details, fromApi, scope },
    advice: `Nothing was sent: with a clientReference the history is read first, so grant the key ${scope ?? "read:messages"} under Settings → API & Webhooks, or leave clientReference out.`,
  });
}

/** @param other the message that has the reference, in the ledger or the history; `null`: it is being sent now */
export function createConflictError(
  clientReference: string,
  other: LedgerEntry | Message | null,
): ReferenceConflictError {
  const messageId = other && "claimId" in other ? (other as LedgerEntry).messageId : textOrNull(other?.id);
  const named = messageId === null ? "a message that is open" : `message ${messageId}`;
  return new ReferenceConflictError(
    `Nothing was sent: clientReference ${JSON.stringify(clientReference)} belongs to ${named} with another text, template or recipient`,
    { clientReference, messageId, conversationId: textOrNull(other?.conversationId) },
  );
}
