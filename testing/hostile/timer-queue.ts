/** What waits, the earliest first: a heap, so that thousands of timers cost little. */

/** `act` is `null` once it was taken back. */
export type Waiting = { at: number; order: number; act: (() => void) | null };

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

export class TimerQueue {
  readonly #items: Waiting[] = [];

  push(item: Waiting): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent] as Waiting;
      if (!isBefore(item, above)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  /** Takes out the next thing that was not taken back, if it is due by then. */
  popBy(limit: number): Waiting | undefined {
    for (;;) {
      const first = this.#items[0];
      if (first === undefined || (first.act !== null && first.at > limit)) return undefined;
      this.#removeFirst();
      if (first.act !== null) return first;
    }
  }

  #removeFirst(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1] as Waiting, items[child] as Waiting)) child += 1;
      const below = items[child] as Waiting;
      if (!isBefore(below, last)) break;
      items[index] = below;
      index = child;
    }
    items[index] = last;
  }
}
