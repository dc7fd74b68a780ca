/**
 * A step that sends: once, whatever becomes of its run. What it is about to send is noted in Zapier's cache first, as the
 * cache alone outlives a run that is cut off; a run that may not send now, because another one with the same message is at
 * it or the cache cannot be asked, is held by Zapier and runs again by itself.
 */
import type { OnSync } from "../../src/client/index.ts";
import { isErrorNamed, isOnSyncError } from "../../src/client/index.ts";
import type { OperationContext } from "../../src/operations/index.ts";
import { createScopedCache, type ScopedCache } from "../connection/cache.ts";
import { createClient, readCredentials } from "../connection/client.ts";
import { type ErrorTexts, toZapierError } from "../errors.ts";
import type { PerformContext } from "../perform.ts";
import { hash } from "./cache-entries.ts";
import { createCacheLedger } from "./cache-ledger.ts";
import { readClientReference } from "./client-reference.ts";
import { findLedgerScope } from "./ledger-scope.ts";
import { forgetRun, type RememberedRun, rememberRun } from "./run-memory.ts";
import { createSentBeforeError, createThrottledError, toHeldError } from "./send-errors.ts";
import { createStepLedger } from "./step-ledger.ts";

export type Send<Message> = {
  /** All that makes it this message and no other, where the run has no reference for it. */
  message: unknown;
  /** Without a reference in the options the message is new: nobody can have sent it before. */
  run(onsync: OnSync, options: Pick<OperationContext, "signal" | "clientReference">): Promise<Message>;
};

/** Whose the send is, and what it is known by. */
type Identity = { scope: string; reference: string; run: (RememberedRun & { key: string }) | null };

export async function sendOnce<Message extends { createdAt?: unknown; alreadySent?: unknown }>(
  context: PerformContext,
  send: Send<Message>,
  errorTexts: ErrorTexts,
): Promise<Message> {
  const { z, bundle, signal } = context;
  const cache = createScopedCache(z, null);
  const { scope, reference, run } = await identify(context, cache, send.message);
  const step = createStepLedger(createCacheLedger(cache));
  const onsync = createClient(z, bundle, { ledger: step.ledger, ledgerScope: scope, uuid: () => reference });
  const mayBeSent = run === null || run.isEarlier;
  let message: Message;
  try {
    message = await send.run(onsync, { signal, ...(mayBeSent && { clientReference: reference }) });
  } catch (error) {
    const held = toHeldError(z, error, step, run === null);
    if (held) throw held;
    // Of an earlier run's reference only a message that is there, or certainly is not to come, tells for good.
    if (run && !run.isEarlier && isOnSyncError(error) && error.outcome === "not_sent") await forgetRun(cache, run.key);
    if (!isErrorNamed(error, "UnknownOutcomeError")) throw error;
    throw toZapierError(z, bundle, error, { ...errorTexts, replayLooksFirst: true });
  }
  // A replay of that run and another run with the same words look alike: success would swallow the other one's message.
  if (run && message.alreadySent === true) throw createSentBeforeError(z, message.createdAt);
  if (run) await forgetRun(cache, run.key, context.getElapsedMs());
  return message;
}

/** @throws ThrottledError where the cache cannot be asked: nothing may be sent then */
async function identify(context: PerformContext, cache: ScopedCache, message: unknown): Promise<Identity> {
  const { z, bundle, onsync, signal } = context;
  try {
    const scope = await findLedgerScope(cache, onsync, readCredentials(bundle).apiKey, signal);
    const own = readClientReference(bundle.inputData);
    if (own !== undefined) return { scope, reference: own, run: null };
    const key = `run:${hash([scope, bundle.meta?.zap?.id ?? null, message])}`;
    const run = await rememberRun(cache, key);
    return { scope, reference: run.reference, run: { ...run, key } };
  } catch (error) {
    if (isOnSyncError(error) || signal.aborted) throw error;
    throw createThrottledError(z, "cache");
  }
}
