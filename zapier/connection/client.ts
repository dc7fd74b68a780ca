/** The client of one connected account, as a Zap's step uses it. */
import type { Bundle, ZObject } from "zapier-platform-core";
import { createOnSync, type OnSync } from "../../src/client/index.ts";
import { version } from "../../src/version.ts";
import { createZapierTransport } from "./transport.ts";

/**
 * Zapier ends a step after 30 seconds. One call to OnSync takes at most this long, in milliseconds; finding out
 * what became of a send that was cut off takes up to ten seconds more.
 */
export const callDeadlineMs = 14_000;

/** All that a step does, in milliseconds: the rest is left for Zapier to start it and to take its answer. */
export const stepBudgetMs = 26_000;

const userAgent = `Zapier OnSync/${version}`;

/** The authentication fields as they were entered; a pasted key often brings white space along. */
export function readCredentials(bundle: Pick<Bundle, "authData">): { apiKey: string; baseUrl: string | undefined } {
  const entered = (field: string) => String(bundle.authData?.[field] ?? "").trim();
  return { apiKey: entered("api_key"), baseUrl: entered("base_url") || undefined };
}

export function createClient(z: ZObject, bundle: Pick<Bundle, "authData">): OnSync {
  const { apiKey, baseUrl } = readCredentials(bundle);
  return createOnSync({
    apiKey,
    baseUrl,
    transport: createZapierTransport(z),
    deadlineMs: callDeadlineMs,
    userAgent,
    onResponse: ({ method, path, status, requestId, durationMs, error }) =>
      z.console.log(
        `${method} ${path}: ${status ?? error ?? "no answer"}, ${Math.round(durationMs)} ms, ${requestId ?? "no request id"}`,
      ),
  });
}
