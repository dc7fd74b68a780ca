/** When something happened, so that its age is true whatever the wall clock does meanwhile. */
import { readFileSync } from "node:fs";
import { uptime as machineUptime } from "node:os";
import { type Clock, monotonicNow, systemClock } from "../../client/clock.ts";

export type Stamp = {
  /** Milliseconds since 1970, by the wall clock. */
  at: number;
  /** Milliseconds since the machine started. */
  uptime: number;
  /** Which start of the machine that was, where the system says. */
  boot: string;
};

export type Stamps = {
  now(): Stamp;
  getAgeMs(since: Stamp, now?: Stamp): number;
};

function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux: a restart shows by an uptime that is smaller than it was.
    return "";
  }
}

/** @param uptime seconds since the machine started. Default: the system's, or a given clock's monotonic time */
export function createStamps(clock: Clock = systemClock, uptime?: () => number): Stamps {
  const boot = readBootId();
  const readUptime = uptime ?? (clock === systemClock ? machineUptime : () => monotonicNow(clock) / 1000);
  const now = (): Stamp => ({ at: Math.round(clock.now()), uptime: Math.round(readUptime() * 1000), boot });
  return {
    now,
    getAgeMs(since, until = now()) {
      // A wall clock that was set does not count, forward or back, while the machine has not started anew.
      if (since.boot === until.boot && until.uptime >= since.uptime) return until.uptime - since.uptime;
      // It was before the machine started: it is as old as that at least, if the wall clock was set back meanwhile.
      return Math.max(until.uptime, until.at - since.at);
    },
  };
}
