/** How far the API's clock is from this machine's, read off the answers as they pass. */
import type { Transport, TransportResponse } from "../../src/client/index.ts";

/** The answer's own time: `timestamp` of the body, else the Date header. */
function parseAnswerTime({ headers, text }: TransportResponse): number {
  try {
    const { timestamp } = JSON.parse(text) as { timestamp?: unknown };
    const time = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  } catch {
    // Not JSON: a gateway's page has a Date header all the same.
  }
  const name = Object.keys(headers).find((header) => header.toLowerCase() === "date");
  return Date.parse(String(name === undefined ? "" : headers[name]));
}

/**
 * @returns `skewMs`: API minus local, in milliseconds, of the quickest answer so far, whose travel blurs it least; `null`
 * while no answer told the time
 */
export function watchServerTime(
  transport: Transport,
  now: () => number = Date.now,
): { transport: Transport; skewMs: () => number | null } {
  let best: { travelMs: number; skewMs: number } | null = null;
  return {
    skewMs: () => best?.skewMs ?? null,
    transport: async (request) => {
      const sentAt = now();
      const response = await transport(request);
      const travelMs = now() - sentAt;
      const time = parseAnswerTime(response);
      if (!Number.isNaN(time) && (best === null || travelMs < best.travelMs)) {
        best = { travelMs, skewMs: Math.round(time - (sentAt + travelMs / 2)) };
      }
      return response;
    },
  };
}
