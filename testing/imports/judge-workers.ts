/** What imports of several orgs by workers that were killed, stopped and cut off must have come to, beside what holds for each import. */
import { maxUnderWay } from "./judge.ts";
import type { Attempt } from "./server.ts";

/** A worker that was stopped for longer than its lease sends what it had under way when it goes on, and can note nothing of it. */
const wakingMs = 3_000;

/**
 * A row that was answered is sent again only where another worker came in between, or something befell this one or the engine so
 * that the answer may not have been noted; and no more of them than a worker has under way at once.
 *
 * @param breaks when that was: each is over a moment later, for what a worker sends until it notices counts for nothing
 */
export function judgeTakeovers(attempts: readonly Attempt[], breaks: readonly number[]): string[] {
  const violations: string[] = [];
  const answered = new Map<string, { life: number; turn: number }>();
  const moments = breaks.flatMap((at) => [at, at + wakingMs]);
  let turn = 0;
  let repeated = 0;
  for (const [index, { externalId, method, life, at, answered: isAnswered }] of attempts.entries()) {
    const last = attempts[index - 1];
    if (last && (last.life !== life || moments.some((each) => each > last.at && each <= at))) turn += 1;
    if (method !== "POST") continue;
    const before = answered.get(externalId);
    if (before !== undefined) {
      repeated += 1;
      if (before.life === life && before.turn === turn)
        violations.push(`sent twice: ${externalId} was answered, and sent again by the same worker`);
    }
    if (isAnswered) answered.set(externalId, { life, turn });
  }
  if (repeated > turn * maxUnderWay)
    violations.push(
      `sent twice: ${repeated} rows that were answered were sent again, and a worker was followed ${turn} times`,
    );
  return violations;
}

/** Each request has a ticket of its org's hour, whichever worker made it. */
export function judgeTickets(org: string, attempts: readonly Attempt[], tickets: number): string[] {
  return attempts.length > tickets
    ? [`${org}: ${attempts.length} requests were made, and ${tickets} tickets of its hour were taken`]
    : [];
}

/** The longest that nothing was asked for an org, in milliseconds. */
export function findLongestWait(attempts: readonly Attempt[], startedAt: number): number {
  let before = startedAt;
  let longest = 0;
  for (const { at } of attempts) {
    longest = Math.max(longest, at - before);
    before = at;
  }
  return longest;
}
