/** One after the other: two sends of one message (an impatient caller, a replay) must not overtake each other. */
import { type Budget, GaveUp, within } from "./deadline.ts";
import { TimeoutError } from "./errors.ts";

/** For each key, what has to end before the next may begin. */
export type Turns = Map<string, Promise<unknown>>;

/** Waits for all earlier work of the same key, whatever it comes to. @throws TimeoutError, GaveUp */
export const inTurn = async <Value>(
  turns: Turns,
  key: string,
  budget: Budget,
  work: () => Promise<Value>,
): Promise<Value> => {
  const earlier = turns.get(key);
  const mine = (async () => {
    const ending = earlier === undefined ? undefined : await within(budget, () => earlier);
    if (ending?.kind === "aborted") throw new GaveUp(budget.signal?.reason, false);
    if (ending?.kind === "deadline")
      throw new TimeoutError("The deadline passed while the same message was still being sent", { sent: false });
    return work();
  })();
  // The earlier ones as well: this one may give up waiting for them.
  const all = Promise.allSettled([earlier, mine]);
  turns.set(key, all);
  try {
    return await mine;
  } finally {
    void all.then(() => turns.get(key) === all && turns.delete(key));
  }
};
