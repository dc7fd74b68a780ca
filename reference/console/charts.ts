/** What the console draws over time: the counters of an org, in as many steps as a chart has room for. */
import * as z from "zod";
import { toIso } from "../clock.ts";
import type { JsonRoute } from "../control/json-routes.ts";
import type { Minute } from "../counters.ts";
import { type OrgSubject, parseQuery } from "./subject.ts";

const hourMs = 60 * 60 * 1000;

/** A chart has sixty steps, the last of which is under way. */
const steps = 60;
const ranges = { hour: hourMs, six_hours: 6 * hourMs, day: 24 * hourMs };

const ChartsQuery = z.strictObject({ range: z.enum(["hour", "six_hours", "day"]).default("hour") });

/** `null` where nothing was measured. */
export type Step = {
  at: string;
  inbound: number;
  outbound: number;
  delivered: number;
  retried: number;
  failed: number;
  /** Of attempts, in milliseconds. */
  attemptMean: number | null;
  attemptMax: number | null;
  succeeded: number;
  refused: number;
  broken: number;
  /** Of requests, in milliseconds. */
  requestMean: number | null;
  requestMax: number | null;
  remaining: number | null;
};

function sum(minutes: readonly Minute[], read: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + read(minute), 0);
}

function summarize(
  minutes: readonly Minute[],
  of: "attempts" | "requests",
): { mean: number | null; max: number | null } {
  const count = sum(minutes, (minute) => minute[of].count);
  if (count === 0) return { mean: null, max: null };
  const mean = Math.round(sum(minutes, (minute) => minute[of].totalMs) / count);
  return { mean, max: Math.max(...minutes.map((minute) => minute[of].maxMs)) };
}

function toStep(at: number, minutes: readonly Minute[]): Step {
  const attempts = summarize(minutes, "attempts");
  const requests = summarize(minutes, "requests");
  const left = minutes.flatMap(({ remaining }) => remaining ?? []);
  return {
    at: toIso(at),
    inbound: sum(minutes, (minute) => minute.inbound),
    outbound: sum(minutes, (minute) => minute.outbound),
    delivered: sum(minutes, (minute) => minute.delivered),
    retried: sum(minutes, (minute) => minute.retried),
    failed: sum(minutes, (minute) => minute.failed),
    attemptMean: attempts.mean,
    attemptMax: attempts.max,
    succeeded: sum(minutes, (minute) => minute.succeeded),
    refused: sum(minutes, (minute) => minute.refused),
    broken: sum(minutes, (minute) => minute.broken),
    requestMean: requests.mean,
    requestMax: requests.max,
    remaining: left.length === 0 ? null : Math.min(...left),
  };
}

/** @param now when the last step is under way */
export function toSteps(minutes: readonly Minute[], now: number, rangeMs: number): Step[] {
  const stepMs = rangeMs / steps;
  const first = (Math.floor(now / stepMs) - steps + 1) * stepMs;
  const byStep = Map.groupBy(minutes, ({ at }) => Math.floor((at - first) / stepMs));
  return Array.from({ length: steps }, (_, index) => toStep(first + index * stepMs, byStep.get(index) ?? []));
}

export const chartRoutes: readonly JsonRoute<OrgSubject>[] = [
  {
    method: "GET",
    path: "/charts",
    run: ({ context, org }, { query }) => {
      const rangeMs = ranges[parseQuery(ChartsQuery, query).range];
      const now = context.clock.now();
      // A step may begin a little before the range does.
      const minutes = context.counters.list(org.id, now - rangeMs - rangeMs / steps);
      return { stepMs: rangeMs / steps, limit: org.rateLimit, data: toSteps(minutes, now, rangeMs) };
    },
  },
];
