/** OnSync's API is below a version: without one in the base URL nothing is found. */

/** What to do about it, without the full stop; `undefined` where the base URL has one. A gateway may have it at a place of its own. */
export function describeMissingVersion(baseUrl: string): string | undefined {
  return /\/v\d+(?:\/|$)/.test(new URL(baseUrl).pathname)
    ? undefined
    : `Check the base URL ${baseUrl}: it has no version, and OnSync's API is below /v1, so write ${baseUrl}/v1`;
}
