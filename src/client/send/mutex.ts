/** One after the other: two sends of one message (an impatient caller, a replay) must not overtake each other. */
import { type Deadline, withDeadline } from "../deadline.ts";

/** For each key, what has to end before the next may begin. */
export type Turns = Map<string, Promise<unknown>>;

/**
 * Waits for all earlier work of the same key, whatever it comes to.
 *
 * @param interrupted makes the error of a wait that the deadline or the caller ended: the earlier work may yet be done
 */
export async function runExclusive<Value>(
  turns: Turns,
  key: string,
  deadline: Deadline,
  work: () => Promise<Value>,
  interrupted: (why: string, cause: unknown) => Error,
): Promise<Value> {
  const earlier = turns.get(key);
  const mine = (async () => {
    const ending = earlier === undefined ? undefined : await withDeadline(deadline, () => earlier);
    if (ending?.kind === "aborted") throw interrupted("the call was aborted", deadline.signal?.reason);
    if (ending?.kind === "expired") throw interrupted("the deadline passed", undefined);
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
}
