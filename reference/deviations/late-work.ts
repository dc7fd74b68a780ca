/** Work whose answer was given before it is done (`lateWorkMs`): it waits for its time on the reference's clock. */

import type { Clock } from "../clock.ts";
import { readBytes } from "../http/input.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Fault, isOwnRefusal } from "./faults.ts";

type Work = { dueAt: number; run: () => Promise<void> };

export type LateWork = {
  add(dueAt: number, run: () => Promise<void>): void;
  /** What is due now, in the order in which it fell due; it waits no longer. */
  takeAllDue(): (() => Promise<void>)[];
  /** When the next of it falls due; `null` when nothing waits. */
  earliestDue(): number | null;
  /** Forgets what waits: it was never done. */
  clear(): void;
};

export function createLateWork(clock: Clock): LateWork {
  let waiting: Work[] = [];
  return {
    add: (dueAt, run) => {
      waiting.push({ dueAt, run });
      waiting.sort((one, other) => one.dueAt - other.dueAt);
    },
    takeAllDue: () => {
      const now = clock.now();
      const due = waiting.filter(({ dueAt }) => dueAt <= now);
      waiting = waiting.filter(({ dueAt }) => dueAt > now);
      return due.map(({ run }) => run);
    },
    earliestDue: () => waiting[0]?.dueAt ?? null,
    clear: () => {
      waiting = [];
    },
  };
}

/** Whether the work of a request of the API that meets this fault is done after its answer. */
export function isWorkedOnLater(fault: Fault, { lateWorkMs }: Behaviour): boolean {
  const answersForTheWork = fault.kind !== undefined || (fault.status !== undefined && !fault.after);
  return lateWorkMs > 0 && answersForTheWork && !isOwnRefusal(fault);
}

/**
 * The request with its body read, so that it can be worked on when its connection is long over; `null` where the body
 * is none that anything would be done for.
 */
export async function bufferRequest(request: Request): Promise<Request | null> {
  const { url, method, headers } = request;
  try {
    return new Request(url, { method, headers, body: request.body === null ? null : await readBytes(request) });
  } catch {
    // Larger than the API takes, or broken off: the work would have been refused.
    return null;
  }
}
