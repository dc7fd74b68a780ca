/**
 * Whose references they are: the org's, so that two connections of one org know each other's sends. It is asked once a day
 * (one of the org's 1,000 requests an hour) and remembered for the key. An OnSync without `GET /me` cannot tell: there each
 * key is on its own.
 */
import { isErrorNamed, isOnSyncError, type OnSync } from "../../src/client/index.ts";
import type { ScopedCache } from "../connection/cache.ts";
import { hash } from "./cache-entries.ts";

const scopeMemorySeconds = 24 * 60 * 60;
/** What asking may take of the step, in milliseconds. */
const askDeadlineMs = 5_000;

/**
 * @param cache without a scope
 * @throws what the cache or OnSync fails with: nothing was sent
 */
export async function findLedgerScope(
  cache: ScopedCache,
  onsync: OnSync,
  apiKey: string,
  signal: AbortSignal,
): Promise<string> {
  const ofKey = hash([onsync.baseUrl, apiKey]);
  const remembered = await cache.get(`org:${ofKey}`);
  if (typeof remembered === "string") return remembered;
  const scope = JSON.stringify([onsync.baseUrl, (await askForOrg(onsync, signal)) ?? ofKey]);
  // What is not remembered is asked again.
  await cache.set(`org:${ofKey}`, scope, scopeMemorySeconds).catch(() => undefined);
  return scope;
}

/** The org's id; `null` where this OnSync does not tell. */
async function askForOrg(onsync: OnSync, signal: AbortSignal): Promise<string | null> {
  try {
    const { org } = await onsync.account.get({ signal, deadlineMs: askDeadlineMs });
    return typeof org?.id === "string" ? org.id : null;
  } catch (error) {
    if (isErrorNamed(error, "ExtensionUnavailableError")) return null;
    // A 403 of something in front of OnSync says nothing of OnSync.
    if (isErrorNamed(error, "PermissionError") && error.fromApi) return null;
    if (isOnSyncError(error)) error.outcome = "not_sent";
    throw error;
  }
}
