/**
 * What happened how often, a minute of the reference's clock at a time: what the console draws. In memory only, and
 * bounded: each org's latest day, and of all orgs together so many minutes.
 */
export type AttemptOutcome = "delivered" | "retried" | "failed";

/** How long things took. */
type Durations = { count: number; totalMs: number; maxMs: number };

export type Minute = {
  /** When it begins, in milliseconds since 1970. */
  at: number;
  inbound: number;
  outbound: number;
  /** Attempts of deliveries, by what became of the delivery. */
  delivered: number;
  retried: number;
  failed: number;
  attempts: Durations;
  /** Requests, by the class of their answer. */
  succeeded: number;
  refused: number;
  broken: number;
  requests: Durations;
  /** The least that was left of the budget; `null` where no request says. */
  remaining: number | null;
};

export type Counters = {
  countMessage(orgId: string, direction: "inbound" | "outbound"): void;
  countAttempt(orgId: string, attempt: { outcome: AttemptOutcome; durationMs: number }): void;
  /** @param orgId `null`: nobody's, which is counted for nobody */
  countRequest(orgId: string | null, request: { status: number; durationMs: number; remaining: number | null }): void;
  /** The minutes of an org in which something happened, from `from` on, oldest first. */
  list(orgId: string, from: number): Minute[];
  clear(): void;
};

const minuteMs = 60_000;
const maxMinutesOfOrg = 24 * 60;
const maxMinutes = 10 * maxMinutesOfOrg;

function createMinute(at: number): Minute {
  const durations = (): Durations => ({ count: 0, totalMs: 0, maxMs: 0 });
  return {
    at,
    ...{ inbound: 0, outbound: 0 },
    ...{ delivered: 0, retried: 0, failed: 0, attempts: durations() },
    ...{ succeeded: 0, refused: 0, broken: 0, requests: durations() },
    remaining: null,
  };
}

function addDuration(durations: Durations, ms: number): void {
  durations.count += 1;
  durations.totalMs += ms;
  durations.maxMs = Math.max(durations.maxMs, ms);
}

/** @param now the reference's clock, which may be set back: a minute goes on where it was */
export function createCounters(now: () => number): Counters {
  /** By org, then by the minute; in the order in which they were begun. */
  const orgs = new Map<string, Map<number, Minute>>();

  const dropOldest = (): void => {
    const all = [...orgs.values()];
    while (all.reduce((sum, minutes) => sum + minutes.size, 0) > maxMinutes) {
      const largest = all.reduce((one, other) => (other.size > one.size ? other : one));
      largest.delete(largest.keys().next().value as number);
    }
  };

  const current = (orgId: string): Minute => {
    const at = Math.floor(now() / minuteMs) * minuteMs;
    const minutes = orgs.get(orgId) ?? new Map<number, Minute>();
    const known = minutes.get(at);
    if (known) return known;
    const begun = createMinute(at);
    orgs.set(orgId, minutes.set(at, begun));
    if (minutes.size > maxMinutesOfOrg) minutes.delete(minutes.keys().next().value as number);
    dropOldest();
    return begun;
  };

  return {
    countMessage: (orgId, direction) => {
      current(orgId)[direction] += 1;
    },
    countAttempt: (orgId, { outcome, durationMs }) => {
      const minute = current(orgId);
      minute[outcome] += 1;
      addDuration(minute.attempts, durationMs);
    },
    countRequest: (orgId, { status, durationMs, remaining }) => {
      if (orgId === null) return;
      const minute = current(orgId);
      minute[status < 400 ? "succeeded" : status < 500 ? "refused" : "broken"] += 1;
      addDuration(minute.requests, durationMs);
      if (remaining !== null) minute.remaining = Math.min(remaining, minute.remaining ?? remaining);
    },
    list: (orgId, from) =>
      [...(orgs.get(orgId)?.values() ?? [])].filter(({ at }) => at >= from).sort((one, other) => one.at - other.at),
    clear: () => orgs.clear(),
  };
}
