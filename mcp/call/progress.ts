/** Tells a host that a call still runs, so that it neither gives up nor leaves the person wondering. */
import type { Clock } from "../../src/client/clock.ts";

export type Progress = { progress: number; total?: number; message?: string };
export type Report = (progress: Progress) => void;

/** Hosts give a call up after 60 seconds without a word; people start to wonder after fewer. */
const progressIntervalMs = 3_000;

/**
 * Reports the seconds that a call has run, every three, until it ends. A call that is answered at once reports nothing.
 *
 * @param report `undefined`: the host does not want to know
 * @param totalSeconds how long it may wait at most, where it says so itself
 */
export async function withProgress<Result>(
  work: () => Promise<Result>,
  report: Report | undefined,
  clock: Clock,
  { message, totalSeconds }: { message: string; totalSeconds?: number | undefined },
): Promise<Result> {
  if (!report) return work();
  const ended = new AbortController();
  const started = clock.now();
  const tick = async () => {
    for (;;) {
      await clock.sleep(progressIntervalMs, ended.signal);
      const progress = Math.round((clock.now() - started) / 1000);
      report({
        progress,
        message,
        ...(totalSeconds !== undefined && totalSeconds >= progress && { total: totalSeconds }),
      });
    }
  };
  // It ends by being aborted, and that alone.
  tick().catch(() => {});
  try {
    return await work();
  } finally {
    ended.abort();
  }
}
