/** Time, as the client sees it. Tests give their own clock and never sleep. */

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only ever grow, whatever happens to the wall clock: deadlines are measured by it. Default: `now`. */
  monotonic?(): number;
  /** Resolves when `ms` have passed, never earlier. Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** For durations: a wall clock that is set back or forward shortens and lengthens nothing. */
export function monotonicNow(clock: Clock): number {
  return clock.monotonic ? clock.monotonic() : clock.now();
}

// Longer timers than this fire at once (a 32-bit number of milliseconds).
const maxTimerMs = 2 ** 31 - 1;

function startTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    // Timers may fire a little early, and a Retry-After is never shortened: the rest is waited for.
    const until = performance.now() + ms;
    for (let left = ms; left > 0; left = until - performance.now()) {
      await startTimer(Math.min(Math.ceil(left), maxTimerMs), signal);
    }
    signal?.throwIfAborted();
  },
};
