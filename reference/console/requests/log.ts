/** The latest requests to the API, for the person who looks at the console. In memory only, and of a bounded size. */

import type { Fault } from "../../deviations/faults.ts";
import type { WholeAnswer } from "../../http/answers.ts";
import { readSentKey } from "../../http/auth.ts";
import { toKeyPrefix } from "../../inbox/keys.ts";
import type { Key } from "../../store/keys.ts";
import { type Captured, captureExchange, measureCaptured } from "./capture.ts";
import { maskPath, maskText } from "./mask.ts";

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

/** A request as it is kept: its line, what it carried (dropped where memory is needed), and what sends it again. */
export type KeptRequest = {
  line: LoggedRequest;
  captured: Captured | null;
  /** As it came, its query included. */
  path: string;
  /** The id of the key that was sent; `null` where nobody has it, or none was. */
  keyId: string | null;
};

export type RequestLog = {
  add(entry: KeptRequest): void;
  /** Those of one org, newest first, and among them those of no org: they may be anybody's, with a mistake in the key. */
  list(orgId: string): LoggedRequest[];
  find(orgId: string, requestId: string): KeptRequest | undefined;
  clear(): void;
};

/** Of all orgs together, so that a busy one does not at once push out a quiet one's. */
const maxKept = 1000;
/** Of headers and bodies, in bytes. The oldest go first; their lines stay. */
const maxCaptured = 16 * 1024 * 1024;

function isOf(orgId: string): (entry: KeptRequest) => boolean {
  return ({ line }) => line.orgId === orgId || line.orgId === null;
}

/** Takes from the oldest what they carried, until the rest fits. */
function dropOldest(entries: readonly KeptRequest[], maxBytes: number): void {
  let kept = 0;
  for (const entry of entries) {
    if (entry.captured === null) continue;
    kept += measureCaptured(entry.captured);
    if (kept > maxBytes) entry.captured = null;
  }
}

export function createRequestLog(maxBytes = maxCaptured): RequestLog {
  let entries: KeptRequest[] = [];
  return {
    add: (entry) => {
      entries = [entry, ...entries.slice(0, maxKept - 1)];
      dropOldest(entries, maxBytes);
    },
    list: (orgId) => entries.filter(isOf(orgId)).map(({ line }) => line),
    find: (orgId, requestId) => entries.filter(isOf(orgId)).find(({ line }) => line.requestId === requestId),
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

/** What is known of a request beside what it carried. */
type Circumstances = {
  key: Pick<Key, "id" | "orgId" | "prefix"> | null;
  at: string;
  requestId: string;
  durationMs: number;
  fault: Fault | null;
  /** What `copyBody` gave. */
  body: Uint8Array<ArrayBuffer> | null;
};

/** What the log keeps of a request and its answer: never a whole key. */
export function toKeptRequest(
  request: Request,
  url: URL,
  answer: WholeAnswer,
  { key, at, requestId, durationMs, fault, body }: Circumstances,
): KeptRequest {
  const sentKey = readSentKey(request.headers.get("authorization"));
  const remaining = /;r=(\d+)/.exec(answer.headers.RateLimit ?? "")?.[1];
  const captured = captureExchange(request, body, answer, sentKey);
  const path = url.pathname + url.search;
  const hideSentKey = (text: string): string => (sentKey === undefined ? text : text.replaceAll(sentKey, "[masked]"));
  const hideKeys = (text: string): string => maskText(hideSentKey(text));
  const error = readError(answer.status, answer.text);
  return {
    line: {
      at,
      requestId,
      method: request.method,
      path: maskPath(hideSentKey(path)).slice(0, 500),
      status: answer.status,
      durationMs: Math.round(durationMs),
      keyPrefix: key?.prefix ?? (sentKey === undefined ? null : toKeyPrefix(sentKey)),
      orgId: key?.orgId ?? null,
      client: hideKeys(request.headers.get("user-agent") ?? "").slice(0, 120) || null,
      remaining: remaining === undefined ? null : Number(remaining),
      error: error && { ...error, message: hideKeys(error.message) },
      fault: fault && describeFaultEffect(fault),
    },
    captured,
    path: captured.carriesKey ? "" : path,
    keyId: key?.id ?? null,
  };
}
