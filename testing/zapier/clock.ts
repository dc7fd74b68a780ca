/**
 * The time that a simulated Zapier lives in: it runs faster than real time, and jumps where everything rests. The
 * processes that run the app live in the same time (fixtures/lapse.ts).
 */
export type PlatformClock = {
  /** How many times faster than real time. */
  readonly speed: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Keeps no process alive. */
  sleep(ms: number): Promise<void>;
  /** Moves the time on. Who sleeps goes on sleeping: jump where nobody does. */
  jump(ms: number): void;
  /** What a process needs to show the same time. */
  state(): { real: number; virtual: number };
};

export function createPlatformClock(speed = 1): PlatformClock {
  const real = Date.now();
  let virtual = real;
  return {
    speed,
    now: () => Math.floor(virtual + (Date.now() - real) * speed),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / speed).unref()),
    jump: (ms) => {
      virtual += ms;
    },
    state: () => ({ real, virtual }),
  };
}
