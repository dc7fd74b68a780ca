/** The client of one connected account, as a Zap's step uses it. */
import type { Bundle, ZObject } from "zapier-platform-core";
import { defaultBaseUrl } from "../../src/api/values/base-url.ts";
import { createOnSync, type OnSync, type OnSyncOptions } from "../../src/client/index.ts";
import { version } from "../../src/version.ts";
import { isStagingBuild } from "./build.ts";
import { hideInPath } from "./request-log.ts";
import { createZapierTransport } from "./transport.ts";

/**
 * Zapier ends a step after 30 seconds. One call to OnSync takes at most this long, in milliseconds; finding out
 * what became of a send that was cut off takes up to ten seconds more.
 */
export const callDeadlineMs = 14_000;

/** All that a step does, in milliseconds: the rest is left for Zapier to start it and to take its answer. */
export const stepBudgetMs = 26_000;

/** What OnSync asks to wait within a step, in milliseconds: for longer waits Zapier holds the run, instead of the step waiting. */
const maxRetryAfterMs = 2_000;

/**
 * How far back a message is looked for of whose Client Reference Zapier's cache knows nothing: one page of the history, so that
 * a send costs three requests at most.
 */
const historyDepth = 100;

const userAgent = `Zapier OnSync/${version}`;

/** The authentication fields as they were entered; a pasted key often brings white space along. */
export function readCredentials(bundle: Pick<Bundle, "authData">): { apiKey: string; baseUrl: string | undefined } {
  const entered = (field: string) => String(bundle.authData?.[field] ?? "").trim();
  return { apiKey: entered("api_key"), baseUrl: entered("base_url") || undefined };
}

/** Whether a key that was entered with this address may go to OnSync's own: whoever entered it meant no other host. */
function isOnSyncItself(address: string): boolean {
  return URL.canParse(address) && new URL(address).origin === new URL(defaultBaseUrl).origin && !address.includes("@");
}

/**
 * Where the key goes. A connection that was made in staging's build, or before the public one lost its field for an address,
 * still carries one: its key belongs there, so that the public build sends it nowhere, neither there nor to OnSync.
 *
 * @throws ExpiredAuthError which has Zapier ask the user to reconnect
 */
function chooseBaseUrl(z: ZObject, entered: string | undefined): string | undefined {
  if (isStagingBuild()) return entered;
  if (entered === undefined || isOnSyncItself(entered)) return undefined;
  const error = new z.errors.ExpiredAuthError(
    `Reconnect OnSync: this connection was made for a staging system at another address. This app sends keys to ${new URL(defaultBaseUrl).host} alone; this key was sent nowhere.`,
  );
  throw Object.assign(error, { doNotContextify: true });
}

/** @param sending what a step that sends knows of earlier sends */
export function createClient(
  z: ZObject,
  bundle: Pick<Bundle, "authData">,
  sending: Pick<OnSyncOptions, "ledger" | "ledgerScope" | "uuid"> = {},
): OnSync {
  const { apiKey, baseUrl } = readCredentials(bundle);
  return createOnSync({
    apiKey,
    baseUrl: chooseBaseUrl(z, baseUrl),
    transport: createZapierTransport(z),
    deadlineMs: callDeadlineMs,
    maxRetryAfterMs,
    historyDepth,
    userAgent,
    ...sending,
    onLedgerError: (error) => z.console.log(`Zapier's cache: ${String(error)}`),
    onResponse: ({ method, path, status, requestId, durationMs, error }) =>
      z.console.log(
        `${method} ${hideInPath(path)}: ${status ?? error ?? "no answer"}, ${Math.round(durationMs)} ms, ${requestId ?? "no request id"}`,
      ),
  });
}
