/** The clocks of one machine in virtual time. */
import type { World } from "./virtual-time.ts";

/** 2026-03-01T08:00:00Z: when every run begins. */
export const epoch = Date.UTC(2026, 2, 1, 8);

export type MachineClock = {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/**
 * The clocks of one machine. Its wall can be set to anything; its monotonic clock starts anywhere and only goes on.
 *
 * @param reach wakes somebody: at once, later, or never where the process was cut off
 */
export function createMachineClock(world: World, reach: (act: () => void) => void = (act) => act()) {
  let wallOffset = 0;
  const started = 1_000 + ((world.now() * 7_919) % 86_400_000) + 0.25;
  const clock: MachineClock = {
    now: () => Math.floor(epoch + world.now() + wallOffset),
    monotonic: () => started + world.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const wake = (act: () => void) => () => {
          signal?.removeEventListener("abort", stop);
          reach(act);
        };
        const stop = () => {
          cancel();
          wake(() => reject(signal?.reason))();
        };
        // A timer never rings early.
        const cancel = world.after(Number.isFinite(ms) ? ms : 0, wake(resolve));
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
  return {
    clock,
    /** Sets the wall clock forward or back. */
    jump(ms: number): void {
      wallOffset += ms;
    },
  };
}
