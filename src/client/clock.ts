/** Time, as the client sees it. Tests give their own clock and never sleep. */

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only ever grow, whatever happens to the wall clock: deadlines are measured by it. Default: `now`. */
  monotonic?(): number;
  /** Resolves when `ms` have passed, never earlier. Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` when `ms` have passed, never earlier, unless what it returns is called first. Default: made of `sleep`. */
  startTimer?(ms: number, fire: () => void): () => void;
};

/** For durations: a wall clock that is set back or forward shortens and lengthens nothing. */
export function monotonicNow(clock: Clock): number {
  return clock.monotonic ? clock.monotonic() : clock.now();
}

/** Why a sleep is ended that is not needed any more. Made once: `abort()` alone makes an error with a stack each time. */
const timerStopped = new Error("the timer was stopped");

/**
 * A timer of the clock's own costs less than a sleep, which takes a signal, an event and two promises.
 *
 * @param fail told why the clock cannot sleep
 * @returns stops it
 */
export function startTimer(clock: Clock, ms: number, fire: () => void, fail: (error: unknown) => void): () => void {
  if (clock.startTimer) return clock.startTimer(ms, fire);
  const stopping = new AbortController();
  clock.sleep(ms, stopping.signal).then(fire, (error: unknown) => {
    if (error !== timerStopped) fail(error);
  });
  return () => stopping.abort(timerStopped);
}

// Longer timers than this fire at once (a 32-bit number of milliseconds).
const maxTimerMs = 2 ** 31 - 1;

/** Timers of Node may fire a little early, and a Retry-After is never shortened: the rest is waited for. */
function startSystemTimer(ms: number, fire: () => void): () => void {
  const until = performance.now() + ms;
  let handle: ReturnType<typeof setTimeout> | undefined;
  const wait = (left: number) => {
    handle = setTimeout(
      () => {
        const rest = until - performance.now();
        if (rest > 0) wait(rest);
        else fire();
      },
      Math.min(Math.max(0, Math.ceil(left)), maxTimerMs),
    );
  };
  wait(ms);
  return () => clearTimeout(handle);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        stop();
        reject(signal?.reason);
      };
      const stop = startSystemTimer(ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
    }),
  startTimer: startSystemTimer,
};
