/** The latest requests to the API, for the person who looks at the console. In memory only. */

import type { Fault } from "../deviations/faults.ts";
import { readSentKey } from "../http/auth.ts";
import { toKeyPrefix } from "../inbox/keys.ts";

export type LoggedRequest = {
  at: string;
  requestId: string;
  method: string;
  /** With its query. */
  path: string;
  status: number;
  /** How long it took, in milliseconds, a fault's latency included. */
  durationMs: number;
  /** The first characters of the key that was sent, whether it is good or not. */
  keyPrefix: string | null;
  /** The org of that key; `null` for a key nobody has, and for none. */
  orgId: string | null;
  /** The User-Agent. */
  client: string | null;
  /** What was left of the org's budget. */
  remaining: number | null;
  error: { code: string; message: string } | null;
  /** What an injected fault did to it. */
  fault: string | null;
};

export type RequestLog = {
  add(entry: LoggedRequest): void;
  /** The latest of one org, newest first, and among them those of no org: they may be anybody's, with a mistake in the key. */
  list(orgId: string): LoggedRequest[];
  clear(): void;
};

const maxListed = 200;
/** Of all orgs together, so that a busy one does not at once push out a quiet one's. */
const maxKept = 1000;

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    add: (entry) => {
      entries = [entry, ...entries.slice(0, maxKept - 1)];
    },
    list: (orgId) => entries.filter((entry) => entry.orgId === orgId || entry.orgId === null).slice(0, maxListed),
    clear: () => {
      entries = [];
    },
  };
}

function readError(status: number, text: string): LoggedRequest["error"] {
  if (status < 400) return null;
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    return { code: String(error?.code ?? ""), message: String(error?.message ?? "") };
  } catch {
    return { code: "", message: "The body is no JSON." };
  }
}

function describeFaultEffect({ kind, status, latencyMs }: Fault): string {
  return [
    ...(latencyMs === undefined ? [] : [`${latencyMs} ms late`]),
    ...(status === undefined ? [] : [`answered ${status}`]),
    ...(kind === undefined ? [] : [kind.replaceAll("_", " ")]),
  ].join(", ");
}

/** What the log keeps of a request and its answer: never a whole key, never a body. */
export function toLoggedRequest(
  request: Request,
  url: URL,
  answer: { status: number; headers: Record<string, string>; text: string },
  {
    orgId,
    at,
    requestId,
    durationMs,
    fault,
  }: { orgId: string | null; at: string; requestId: string; durationMs: number; fault: Fault | null },
): LoggedRequest {
  const key = readSentKey(request.headers.get("authorization"));
  const remaining = /;r=(\d+)/.exec(answer.headers.RateLimit ?? "")?.[1];
  return {
    at,
    requestId,
    method: request.method,
    path: (url.pathname + url.search).slice(0, 500),
    status: answer.status,
    durationMs: Math.round(durationMs),
    keyPrefix: key === undefined ? null : toKeyPrefix(key),
    orgId,
    client: request.headers.get("user-agent")?.slice(0, 120) ?? null,
    remaining: remaining === undefined ? null : Number(remaining),
    error: readError(answer.status, answer.text),
    fault: fault && describeFaultEffect(fault),
  };
}
