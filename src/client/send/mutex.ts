/** One after the other: two sends of one message (an impatient caller, a replay) must not overtake each other. */
import { type Deadline, withDeadline } from "../deadline.ts";

export class KeyedMutex {
  /** For each key, what has to end before the next may begin. */
  readonly #tails = new Map<string, Promise<unknown>>();

  /**
   * Runs work when all earlier work of the same key has ended, whatever it came to.
   *
   * @param createInterruption makes the error of a wait that the deadline or the caller ended: the earlier work may yet be
   *   done
   */
  async runExclusive<Value>(
    key: string,
    deadline: Deadline,
    work: () => Promise<Value>,
    createInterruption: (because: string, cause: unknown) => Error,
  ): Promise<Value> {
    const earlier = this.#tails.get(key);
    const mine = (async () => {
      const wait = earlier === undefined ? undefined : await withDeadline(deadline, () => earlier);
      if (wait?.kind === "aborted") throw createInterruption("the call was aborted", deadline.signal?.reason);
      if (wait?.kind === "expired") throw createInterruption("the deadline passed", undefined);
      return work();
    })();
    // The earlier ones as well: this one may give up waiting for them.
    const tail = Promise.allSettled([earlier, mine]);
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key));
    }
  }
}
