/**
 * How many sends a minute and a day: a runaway agent stops here. Counted in rolling windows in the send ledger, so that
 * replicas that share one count together and a restart forgets nothing.
 */
import type { SendLedger } from "../../src/client/index.ts";

const windows = { perMinute: 60_000, perDay: 24 * 60 * 60_000 } as const;
type Cap = keyof typeof windows;
export type Caps = { [Name in Cap]?: number };

export type Admission =
  | { admitted: true /** It was certainly not sent: it does not count. */; release(): Promise<void> }
  | { admitted: false; cap: Cap; limit: number; waitMs: number };

/** @param name whose sends are counted together */
export function createSendCaps(caps: Caps, ledger: SendLedger, name: string) {
  const limits = (["perDay", "perMinute"] as const).flatMap((cap) => {
    const limit = caps[cap];
    return limit === undefined ? [] : [{ cap, limit, windowMs: windows[cap] }];
  });
  /** @throws Error where the ledger cannot be asked */
  return async (): Promise<Admission> => {
    if (limits.length === 0) return { admitted: true, release: async () => {} };
    const admission = await ledger.admit(name, limits);
    if (admission.admitted) return { admitted: true, release: () => ledger.release(name, admission.ticket) };
    const { windowMs, limit, waitMs } = admission;
    return { admitted: false, cap: windowMs === windows.perDay ? "perDay" : "perMinute", limit, waitMs };
  };
}

export type SendCaps = ReturnType<typeof createSendCaps>;
