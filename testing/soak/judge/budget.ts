/** The org's hour: no process asks again before the wait that it was asked for is over, and none takes more than its share. */
import type { Evidence, WireRequest } from "../evidence.ts";
import { groupBy } from "./messages.ts";
import { tellWhen } from "./when.ts";

const hourMs = 60 * 60_000;
/** Of timers, and of the way. */
const toleranceMs = 20;

type Known = Pick<Evidence, "startedAt" | "lives" | "wire" | "thrifty">;

export function judgeBudget(known: Known): string[] {
  return [...findShortenedWaits(known), ...judgeShare(known)];
}

/** Of requests that can be told apart, by the same process: another life of it knows nothing of the wait. */
function findShortenedWaits(known: Known): string[] {
  const told = known.wire.filter(({ identity, method }) => identity !== null && method === "POST");
  return [
    ...groupBy(told, (request) => `${request.slot} ${findLife(known, request)} ${request.identity}`).values(),
  ].flatMap((requests) =>
    requests.flatMap((request) => {
      const { retryAfterMs, answeredAt, at, slot, identity } = request;
      if (retryAfterMs === null || answeredAt === null) return [];
      const early = requests.find((other) => other.at > at && other.at < answeredAt + retryAfterMs - toleranceMs);
      const wait = early && Math.round(early.at - answeredAt);
      return early
        ? [
            `wait shortened: ${slot} asked for ${identity} again after ${wait} ms (${tellWhen(early.at, known)}), and was told to wait ${retryAfterMs} ms`,
          ]
        : [];
    }),
  );
}

function findLife({ lives }: Known, { slot, at }: WireRequest): number {
  return lives.findLast((life) => life.slot === slot && life.startedAt <= at)?.number ?? -1;
}

function judgeShare({ wire, thrifty, startedAt }: Known): string[] {
  const times = wire.filter(({ slot }) => slot === thrifty.slot).map(({ at }) => at);
  const over = times.findIndex((at, index) => {
    const inHour = times.slice(0, index + 1).filter((each) => each > at - hourMs);
    return inHour.length > thrifty.hourly;
  });
  return over < 0
    ? []
    : [
        `budget exceeded: ${thrifty.slot} made its request ${over + 1} ${tellWhen(times[over] as number, { startedAt })}, and may make ${thrifty.hourly} an hour`,
      ];
}
