/** How many sends a minute and a day: a runaway agent stops here. Counted in this process, in rolling windows. */

const windows = { perMinute: 60_000, perDay: 24 * 60 * 60_000 } as const;
type Cap = keyof typeof windows;
export type Caps = { [Name in Cap]?: number };

export type Admission =
  | { admitted: true /** It was certainly not sent: it does not count. */; release(): void }
  | { admitted: false; cap: Cap; limit: number; waitMs: number };

export const createCaps = (caps: Caps, now: () => number) => {
  /** Times of the sends within the longest window, oldest first. */
  let sends: { at: number }[] = [];
  return (): Admission => {
    const time = now();
    sends = sends.filter(({ at }) => at > time - windows.perDay);
    for (const cap of ["perDay", "perMinute"] as const) {
      const limit = caps[cap];
      if (limit === undefined) continue;
      const within = sends.filter(({ at }) => at > time - windows[cap]);
      if (within.length >= limit) {
        // The one that must leave the window before there is room again.
        const leaves = within[within.length - limit]?.at ?? time;
        return { admitted: false, cap, limit, waitMs: leaves + windows[cap] - time };
      }
    }
    const send = { at: time };
    sends.push(send);
    return {
      admitted: true,
      release: () => {
        sends = sends.filter((other) => other !== send);
      },
    };
  };
};
