/** Processes: none ends by itself, and what one holds does not grow while it lives. */
import type { Evidence, Life, Sample } from "../evidence.ts";
import { tellWhen } from "./when.ts";

/** What is held is judged of lives that are long enough for it, once they are warm. */
const minHandlesMs = 20_000;
const handlesWarmUpMs = 5_000;
const minMemoryMs = 4 * 60_000;
const memoryWarmUpMs = 90_000;
/** The second half's most may be so much of the first half's, and so many more. */
const handlesGrowth = 1.25;
const handlesSlack = 24;
/** The straight line through what is held may rise by so much of its mean, and so much more. */
const memoryRise = 0.15;
const memorySlackBytes = 24 * 1024 * 1024;

type Known = Pick<Evidence, "startedAt" | "lives" | "deaths">;

export function judgeProcesses(known: Known): string[] {
  return [
    ...known.deaths.map(
      ({ slot, at, how, said }) =>
        `ended: ${slot}, ${tellWhen(at, known)}: ${how}${said === "" ? "" : `; it said: ${said}`}`,
    ),
    ...known.lives.flatMap((life) => {
      const name = `${life.slot} (its life ${life.number + 1}, begun ${tellWhen(life.startedAt, known)})`;
      return [
        ...judgeHandles(life, name, "handles", ({ handles }) => handles),
        ...judgeHandles(life, name, "sockets", ({ sockets }) => sockets),
        ...judgeMemory(life, name),
      ];
    }),
  ];
}

/** @returns none where it did not live for long enough */
function listSettled({ samples, startedAt }: Life, warmUpMs: number, minMs: number): Sample[] {
  const settled = samples.filter(({ at }) => at - startedAt >= warmUpMs);
  const [first, last] = [settled[0], settled.at(-1)];
  return first && last && last.at - first.at >= minMs ? settled : [];
}

function judgeHandles(life: Life, name: string, what: string, read: (sample: Sample) => number): string[] {
  const samples = listSettled(life, handlesWarmUpMs, minHandlesMs);
  const middle = Math.floor(samples.length / 2);
  const [first, second] = [samples.slice(0, middle), samples.slice(middle)].map((half) =>
    Math.round(Math.max(0, ...half.map(read))),
  ) as [number, number];
  return second > first * handlesGrowth + handlesSlack
    ? [`grows: ${name} holds ${first} ${what} at most in the first half of its time, and ${second} in the second`]
    : [];
}

function judgeMemory(life: Life, name: string): string[] {
  const samples = listSettled(life, memoryWarmUpMs, minMemoryMs);
  const [meanAt, meanBytes] = [
    findMean(samples.map(({ at }) => at)),
    findMean(samples.map(({ rssBytes }) => rssBytes)),
  ];
  const products = samples.map(({ at, rssBytes }) => (at - meanAt) * (rssBytes - meanBytes));
  const squares = samples.map(({ at }) => (at - meanAt) ** 2);
  const spanMs = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
  const rise = (findMean(products) / findMean(squares)) * spanMs;
  return rise > meanBytes * memoryRise + memorySlackBytes
    ? [
        `grows: ${name} holds ${toMebibytes(meanBytes)} MiB of memory, and ${toMebibytes(rise)} more after ${Math.round(spanMs / 1000)} s`,
      ]
    : [];
}

function findMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
