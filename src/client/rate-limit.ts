/**
 * What answers say about the org's budget and about waiting: `Retry-After` first, then `RateLimit` (IETF draft), then
 * the older `RateLimit-*` and `X-RateLimit-*`.
 */
import type { TransportResponse } from "./transport/transport.ts";

export type RateLimit = {
  /** Requests the budget holds. */
  limit: number | null;
  remaining: number | null;
  /** When it is said to be full again, ISO 8601. */
  resetAt: string | null;
};

export type Headers = TransportResponse["headers"];

function findHeader(headers: Headers, name: string): string | string[] | undefined {
  if (headers[name] !== undefined) return headers[name];
  const written = Object.keys(headers).find((key) => key.length === name.length && key.toLowerCase() === name);
  return written === undefined ? undefined : headers[written];
}

/** A header by its name in lower case, however the transport writes it; several lines are joined by commas. */
export function readHeader(headers: Headers, name: string): string | undefined {
  const value = findHeader(headers, name);
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The values of a header that came in several lines, also where a transport has joined them. */
function readHeaderLines(headers: Headers, name: string): string[] {
  const value = findHeader(headers, name);
  const lines = Array.isArray(value) ? value : [value ?? ""];
  // A date has a comma of its own, after the day: the next value begins with digits, a day's name or a year.
  return lines
    .flatMap((line) => line.split(/,(?=\s*(?:\d+(?:\.\d+)?\s*(?:,|$)|[a-z]{3,9},?\s|\d{4}-))/i))
    .map((line) => line.trim());
}

function parseCount(value: string | undefined): number | null {
  const digits = /^\s*(\d+(?:\.\d+)?)/.exec(value ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The older header, or the one before it. */
function readCount(headers: Headers, what: string): number | null {
  return parseCount(readHeader(headers, `ratelimit-${what}`)) ?? parseCount(readHeader(headers, `x-ratelimit-${what}`));
}

/** A number among `;`- or `,`-separated parameters: `r` in `"org";r=987;t=47`. */
function matchParameter(...names: string[]): RegExp {
  return new RegExp(`(?:^|[;,\\s])(?:${names.join("|")})\\s*=\\s*"?(\\d+(?:\\.\\d+)?)`, "i");
}

/** By the names of the IETF draft, and those of an older one. */
const parameters = {
  quota: matchParameter("q"),
  limit: matchParameter("limit"),
  remaining: matchParameter("r", "remaining"),
  /** Without the older name: a policy of several is told by it. */
  policyRemaining: matchParameter("r"),
  reset: matchParameter("t", "reset"),
};

function parseParameter(value: string | undefined, parameter: RegExp): number | null {
  const found = value === undefined ? null : parameter.exec(value);
  return found ? Number(found[1]) : null;
}

/** Of several policies (`"hour";r=5;t=60, "day";r=900;t=8000`) the one that runs out first. */
function pickTightestPolicy(value: string | undefined): string | undefined {
  return value === undefined || !/;\s*r\s*=/.test(value)
    ? value
    : value.split(",").reduce((least, policy) => {
        const a = parseParameter(policy, parameters.policyRemaining);
        const b = parseParameter(least, parameters.policyRemaining);
        return a !== null && (b === null || a < b) ? policy : least;
      });
}

/** The quota of the policy with that name, else of the first. */
function parseQuota(policies: string | undefined, item: string | undefined): number | null {
  const name = item?.split(";")[0]?.trim();
  const named = policies?.split(",").find((policy) => policy.split(";")[0]?.trim() === name);
  return parseParameter(named ?? policies, parameters.quota);
}

/** Milliseconds until a reset: in seconds from now, or the instant itself (seconds or milliseconds since 1970). */
function toMsUntilReset(value: number | null, now: number): number | null {
  if (value === null) return null;
  if (value > 1e11) return Math.max(0, value - now);
  return value > 1e9 ? Math.max(0, value * 1000 - now) : value * 1000;
}

function readMsUntilReset(
  headers: Headers,
  now: number,
  draft = pickTightestPolicy(readHeader(headers, "ratelimit")),
): number | null {
  const reset = parseParameter(draft, parameters.reset) ?? readCount(headers, "reset");
  return toMsUntilReset(reset, now);
}

/** The server's own time, from its `Date` header; `null` without one. */
export function readServerDate(headers: Headers): number | null {
  return parseHttpDate(readHeader(headers, "date") ?? "");
}

const rateLimitHeader = /^(x-)?ratelimit/i;

/** The budget as an answer's headers tell it; `null` where they say nothing. `now` is used where they carry no `Date`. */
export function readRateLimit(headers: Headers, now: number): RateLimit | null {
  // Answers without any are not searched for each.
  if (!Object.keys(headers).some((name) => rateLimitHeader.test(name))) return null;
  const draft = pickTightestPolicy(readHeader(headers, "ratelimit"));
  const limit =
    parseQuota(readHeader(headers, "ratelimit-policy"), draft) ??
    parseParameter(draft, parameters.limit) ??
    readCount(headers, "limit");
  const remaining = parseParameter(draft, parameters.remaining) ?? readCount(headers, "remaining");
  const answeredAt = readServerDate(headers) ?? now;
  const reset = readMsUntilReset(headers, answeredAt, draft);
  if (limit === null && remaining === null && reset === null) return null;
  return { limit, remaining, resetAt: reset === null ? null : toIsoTime(answeredAt + reset) };
}

/** Answers that come one after the other name the same times. */
function keepLast<Input, Output>(compute: (input: Input) => Output): (input: Input) => Output {
  let last: { input: Input; output: Output } | undefined;
  return (input) => {
    if (last?.input !== input) last = { input, output: compute(input) };
    return last.output;
  };
}

/** `null`: it is no time. */
const toIsoTime = keepLast((instant: number): string | null => new Date(instant).toJSON());

// Date.parse reads almost anything as some date: only the three forms of an HTTP date, all in GMT, and ISO 8601 are taken.
const parseHttpDate = keepLast((value: string): number | null => {
  if (!/^((mon|tue|wed|thu|fri|sat|sun)\w*,?\s|\d{4}-\d\d-\d\dT)/i.test(value)) return null;
  const date = Date.parse(/(GMT|Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(date) ? null : date;
});

/**
 * How long a refusal asks to wait, in milliseconds; `null` where it does not say. Of two lines the longer counts. A date counts from the answer's own
 * `Date`, so that a clock that is wrong here does not shorten it. The reset headers count for a 429 alone: elsewhere
 * they are about the budget, not about this refusal.
 */
export function readRetryAfter(status: number, headers: Headers, now: number): number | null {
  const answeredAt = readServerDate(headers) ?? now;
  const waits = readHeaderLines(headers, "retry-after").flatMap((line) => {
    if (/^\d+(\.\d+)?$/.test(line)) return [Math.ceil(Number(line) * 1000)];
    const date = parseHttpDate(line);
    return date === null ? [] : [Math.max(0, date - answeredAt)];
  });
  if (waits.length > 0) return Math.max(...waits);
  return status === 429 ? readMsUntilReset(headers, answeredAt) : null;
}
