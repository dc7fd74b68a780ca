/** A webhook event of a message settles the send that made it, where its outcome was open. */
import { type Event, type Platform, platforms } from "../api/index.ts";
import type { LedgerEntry, SendLedger } from "../client/ledger/ledger.ts";
import { createFingerprint, readSentReference } from "../client/send/reference.ts";
import { textOrNull } from "../client/wire/json.ts";

type Message = { [Name in "id" | "direction" | "conversationId" | "createdAt" | "content"]?: unknown };

/** Whether the event's message can be the one that is noted: a reference may have been used for another text elsewhere. */
function isSameText({ platform, to, messageType, fingerprint }: LedgerEntry, { content }: Message): boolean {
  if (messageType !== "text" || typeof content !== "string" || !isPlatform(platform)) return true;
  return createFingerprint({ platform, to, messageType, content }) === fingerprint;
}

function isPlatform(name: string): name is Platform {
  return (platforms as readonly string[]).includes(name);
}

/**
 * Notes that a message exists, from its `message.created` or `message.updated`.
 *
 * @param scope whose references they are: the base URL of the clients that send, or their `ledgerScope`
 * @param event verified
 * @returns the ledger's entry; `null` where the event is about no send that the ledger knows
 * @throws Error where the ledger cannot be asked
 */
export async function settleFromEvent(ledger: SendLedger, scope: string, event: Event): Promise<LedgerEntry | null> {
  if (event.type !== "message.created" && event.type !== "message.updated") return null;
  const message = event.data as Message;
  const reference = readSentReference(message);
  const messageId = textOrNull(message.id);
  if (message.direction === "inbound" || reference === undefined || messageId === null) return null;
  const noted = await ledger.find({ scope, reference });
  if (noted === null || !isSameText(noted, message)) return null;
  const about = { conversationId: textOrNull(message.conversationId), sentAt: textOrNull(message.createdAt) };
  return ledger.record({ scope, reference }, { state: "sent", messageId, ...about });
}

/**
 * What a receiver keeps events with, settling sends on the way. A delivery is acknowledged when its event is kept: the
 * ledger neither delays nor fails that.
 *
 * @param failed told where the ledger could not be asked: the send stays open until it is settled otherwise
 */
export function settlingSends<Incoming extends { event: Event }>(
  store: { accept(incoming: Incoming): Promise<boolean> },
  { ledger, scope }: { ledger: SendLedger; scope: string },
  failed: (error: unknown, event: Event) => void = () => {},
): { accept(incoming: Incoming): Promise<boolean> } {
  return {
    async accept(incoming) {
      const isNew = await store.accept(incoming);
      settleFromEvent(ledger, scope, incoming.event).catch((error: unknown) => failed(error, incoming.event));
      return isNew;
    },
  };
}
