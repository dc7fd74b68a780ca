/** A wall clock and a machine's uptime that tests turn, together or apart. */
import type { Clock } from "../../src/client/index.ts";

export type LedgerClock = Clock & {
  monotonic(): number;
  /** Seconds since the machine started. */
  uptime(): number;
  /** Time goes by. */
  pass(ms: number): void;
  /** Somebody sets the wall clock: by so many milliseconds forward, or back where they are negative. */
  setWall(ms: number): void;
  /** The machine starts anew, after so many milliseconds without power. */
  restartMachine(offMs: number): void;
};

export function ledgerClock(): LedgerClock {
  let wall = Date.parse("2024-12-01T10:00:00.000Z");
  let sinceStart = 1_000_000;
  return {
    now: () => wall,
    monotonic: () => sinceStart,
    uptime: () => sinceStart / 1000,
    sleep: () => Promise.reject(new Error("a ledger does not sleep")),
    pass(ms) {
      wall += ms;
      sinceStart += ms;
    },
    setWall(ms) {
      wall += ms;
    },
    restartMachine(offMs) {
      wall += offMs;
      sinceStart = 0;
    },
  };
}
