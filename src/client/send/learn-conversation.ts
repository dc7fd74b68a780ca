/** What a server names a recipient's conversation is learnt, and kept in a ledger that lasts, where other processes find it. */
import type { ClientContext } from "../context.ts";
import { notifyHook } from "../hooks.ts";
import { getAddressFamily, guessConversationId, type Recipient } from "./conversation-ids.ts";
import { noteInLedger } from "./ledger-calls.ts";

const keepNotesMs = 30 * 24 * 60 * 60 * 1000;

function createNoteName(scope: string, guess: string): string {
  return `conversation ${JSON.stringify([scope, guess])}`;
}

function createFormNoteName(scope: string, family: string): string {
  return `conversation form ${JSON.stringify([scope, family])}`;
}

/** Learns what other processes on the ledger have learnt of a recipient. @throws Error where the ledger cannot be asked */
export async function recallConversationId(context: ClientContext, recipient: Recipient): Promise<void> {
  const { ledger, ledgerScope } = context;
  const { conversationIds } = context.serverFacts;
  const own = conversationIds.get(recipient);
  if (!ledger.durable || own.standing === "confirmed") return;
  const named = await ledger.note(createNoteName(ledgerScope, own.id));
  if (named !== null) conversationIds.learn(recipient, named);
  const family = getAddressFamily(recipient);
  if (named !== null || family === null || own.standing === "contradicted") return;
  const form = await ledger.note(createFormNoteName(ledgerScope, family));
  if (form !== null) conversationIds.learnForm(recipient, form === "documented" ? "documented" : "other");
}

/** @throws Error where the ledger cannot be written to */
async function rememberConversationId(context: ClientContext, recipient: Recipient, id: string): Promise<void> {
  const { ledger, ledgerScope } = context;
  const differs = context.serverFacts.conversationIds.learn(recipient, id);
  if (!ledger.durable) return;
  const family = getAddressFamily(recipient);
  const noteName = createNoteName(ledgerScope, guessConversationId(recipient));
  if (differs || family === null) await ledger.setNote(noteName, id, { ttlMs: keepNotesMs });
  if (family !== null) {
    // A contradiction stands whatever others see later.
    const form = differs ? "other" : "documented";
    const options = { ttlMs: keepNotesMs, ifAbsent: !differs };
    await ledger.setNote(createFormNoteName(ledgerScope, family), form, options);
  }
}

/**
 * Remembers which conversation a recipient's messages are in, and tells of a form that is not the documented one.
 *
 * @param requestId of the answer that named it
 */
export async function learnConversationId(
  context: ClientContext,
  recipient: Recipient,
  id: string,
  requestId: string | undefined,
): Promise<void> {
  const known = context.serverFacts.conversationIds.get(recipient);
  if (known.standing === "confirmed" && known.id === id) return;
  await noteInLedger(context, () => rememberConversationId(context, recipient, id));
  if (id === guessConversationId(recipient)) return;
  const message = "the conversation's id is not platform:address, as documented; the one OnSync named is used";
  notifyHook(context.hooks.onDrift, {
    endpoint: "sendMessage",
    requestId,
    issues: [{ path: ["conversationId"], code: "undocumented_form", message }],
  });
}
