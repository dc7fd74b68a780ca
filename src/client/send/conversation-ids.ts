/**
 * Which conversation a recipient's messages are in. `platform:to` is the documented form, and a guess until the server has
 * named the id: a live one may write addresses in another way. What it named is remembered, and kept in a ledger that lasts.
 */
import { conversationIdOf } from "../../api/index.ts";
import type { SendLedger } from "../ledger/ledger.ts";

/**
 * `confirmed`: the server has named this id, or ids of this form. `guess`: it has named none yet. `contradicted`: it named
 * other ids than the documented form, so that what this one holds says nothing.
 */
export type ConversationId = { id: string; standing: "confirmed" | "guess" | "contradicted" };

export type ConversationIds = {
  lookUp(platform: string, to: string): ConversationId;
  /** @returns whether the id has another form than the documented one */
  learn(platform: string, to: string, id: string): boolean;
  /** What was learnt elsewhere of the form of a recipient's id. */
  learnForm(platform: string, to: string, form: "documented" | "other"): void;
};

const capacity = 10_000;
const keepNotesMs = 30 * 24 * 60 * 60 * 1000;

/** Addresses that a server writes in one way: what one of them shows holds for the others. `null`: each stands alone. */
function getAddressFamily(platform: string, to: string): string | null {
  if (platform === "whatsapp") return "whatsapp:phone";
  return /^\d+$/.test(to) ? `${platform}:digits` : null;
}

export function createConversationIds(): ConversationIds {
  const known = new Map<string, string>();
  const documented = new Set<string>();
  const contradicted = new Set<string>();
  return {
    lookUp(platform, to) {
      const guess = conversationIdOf(platform, to);
      const id = known.get(guess);
      if (id !== undefined) return { id, standing: "confirmed" };
      const family = getAddressFamily(platform, to);
      if (contradicted.has(family ?? platform)) return { id: guess, standing: "contradicted" };
      return { id: guess, standing: family !== null && documented.has(family) ? "confirmed" : "guess" };
    },
    learn(platform, to, id) {
      const guess = conversationIdOf(platform, to);
      const family = getAddressFamily(platform, to);
      known.delete(guess);
      known.set(guess, id);
      if (known.size > capacity) known.delete(known.keys().next().value as string);
      if (id !== guess) contradicted.add(family ?? platform);
      else if (family !== null) documented.add(family);
      return id !== guess;
    },
    learnForm(platform, to, form) {
      const family = getAddressFamily(platform, to);
      if (form === "other") contradicted.add(family ?? platform);
      else if (family !== null) documented.add(family);
    },
  };
}

type Remembering = { ledger: SendLedger; ledgerScope: string; conversationIds: ConversationIds };

function toNoteName(scope: string, guess: string): string {
  return `conversation ${JSON.stringify([scope, guess])}`;
}

function toFormNoteName(scope: string, family: string): string {
  return `conversation form ${JSON.stringify([scope, family])}`;
}

/** Learns what other processes on the ledger have learnt of a recipient. @throws Error where the ledger cannot be asked */
export async function recallConversationId(
  { ledger, ledgerScope, conversationIds }: Remembering,
  platform: string,
  to: string,
): Promise<void> {
  const own = conversationIds.lookUp(platform, to);
  if (!ledger.durable || own.standing === "confirmed") return;
  const named = await ledger.note(toNoteName(ledgerScope, own.id));
  if (named !== null) conversationIds.learn(platform, to, named);
  const family = getAddressFamily(platform, to);
  if (named !== null || family === null || own.standing === "contradicted") return;
  const form = await ledger.note(toFormNoteName(ledgerScope, family));
  if (form !== null) conversationIds.learnForm(platform, to, form === "documented" ? "documented" : "other");
}

/** @returns whether the id has another form than the documented one. @throws Error where the ledger cannot be written to */
export async function rememberConversationId(
  { ledger, ledgerScope, conversationIds }: Remembering,
  platform: string,
  to: string,
  id: string,
): Promise<boolean> {
  const before = conversationIds.lookUp(platform, to);
  const differs = conversationIds.learn(platform, to, id);
  if (!ledger.durable || (before.standing === "confirmed" && before.id === id)) return differs;
  const guess = conversationIdOf(platform, to);
  const family = getAddressFamily(platform, to);
  if (differs || family === null) await ledger.setNote(toNoteName(ledgerScope, guess), id, { ttlMs: keepNotesMs });
  if (family !== null) {
    // A contradiction stands whatever others see later.
    const form = differs ? "other" : "documented";
    await ledger.setNote(toFormNoteName(ledgerScope, family), form, { ttlMs: keepNotesMs, ifAbsent: !differs });
  }
  return differs;
}
