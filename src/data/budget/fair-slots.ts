/**
 * Requests that may be under way at once, shared by several orgs in turn: who waits longest is next, and whoever is slow or is
 * not answered keeps no more than its part.
 */

/** One org's way to the slots. */
export type Slots = {
  /** @returns gives it back; @throws the signal's reason where it is aborted first */
  take(signal?: AbortSignal): Promise<() => void>;
};

type Waiting = { holder: number; grant: () => void };

export class FairSlots {
  readonly #perHolder: number;
  readonly #held: number[];
  #free: number;
  #waiting: Waiting[] = [];

  /**
   * @param total how many in all
   * @param holders how many share them: while there are no more of them than slots, each has one that no other can take
   */
  constructor(total: number, holders: number) {
    this.#free = total;
    this.#perHolder = Math.max(1, Math.floor(total / Math.max(1, holders)));
    this.#held = Array.from({ length: holders }, () => 0);
  }

  /** @param holder from 0 */
  of(holder: number): Slots {
    return { take: (signal) => this.#take(holder, signal) };
  }

  async #take(holder: number, signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        holder,
        grant: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#grant();
    });
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#free += 1;
      this.#add(holder, -1);
      this.#grant();
    };
  }

  #add(holder: number, change: number): void {
    this.#held[holder] = (this.#held[holder] ?? 0) + change;
  }

  #grant(): void {
    while (this.#free > 0) {
      const index = this.#waiting.findIndex(({ holder }) => (this.#held[holder] ?? 0) < this.#perHolder);
      const [next] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (!next) return;
      this.#free -= 1;
      this.#add(next.holder, 1);
      next.grant();
    }
  }
}
