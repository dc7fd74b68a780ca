/**
 * Time that passes when we say so. One world is one run: everything that waits is in one queue, and the next thing in it
 * happens once nothing else moves. An hour of waiting costs as much as the things that happen in it.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Waiting = { at: number; order: number; act: (() => void) | null };

export type World = {
  /** Milliseconds of true time since the run began. It never jumps. */
  now(): number;
  /** @returns what takes it back */
  after(ms: number, act: () => void): () => void;
  sleep(ms: number): Promise<void>;
  /**
   * Lets time pass until the promise is settled.
   *
   * @throws Error where nothing is left to wait for and it is not
   */
  until<Value>(promise: Promise<Value>): Promise<Value>;
  /** Lets this much time pass, and whatever falls due in it. */
  pass(ms: number): Promise<void>;
};

export class NothingLeftError extends Error {
  override name = "NothingLeftError";
}

/** More things than this in one run is a loop that never ends. */
const maxEvents = 200_000;

export function createWorld(): World {
  const queue: Waiting[] = [];
  let time = 0;
  let order = 0;
  let events = 0;

  const before = (one: Waiting, other: Waiting) =>
    one.at < other.at || (one.at === other.at && one.order < other.order);
  const push = (item: Waiting): void => {
    let index = queue.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = queue[parent] as Waiting;
      if (!before(item, above)) break;
      queue[index] = above;
      index = parent;
    }
    queue[index] = item;
  };
  const pop = (): Waiting | undefined => {
    const first = queue[0];
    const last = queue.pop();
    if (first === undefined || last === undefined || queue.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && before(queue[child + 1] as Waiting, queue[child] as Waiting)) child += 1;
      const below = queue[child] as Waiting;
      if (!before(below, last)) break;
      queue[index] = below;
      index = child;
    }
    queue[index] = last;
    return first;
  };
  /** The next thing that was not taken back, if it is due by then. */
  const nextBy = (limit: number): Waiting | undefined => {
    for (;;) {
      const first = queue[0];
      if (first === undefined || (first.act !== null && first.at > limit)) return undefined;
      pop();
      if (first.act !== null) return first;
    }
  };
  const happen = async (item: Waiting): Promise<void> => {
    events += 1;
    if (events > maxEvents) throw new Error(`More than ${maxEvents} things happened in one run.`);
    time = Math.max(time, item.at);
    item.act?.();
    // Everything that follows at once does so before this resolves: it comes after all promise callbacks.
    await settled();
  };
  const after = (ms: number, act: () => void): (() => void) => {
    order += 1;
    const item: Waiting = { at: time + Math.max(0, ms), order, act };
    push(item);
    return () => {
      item.act = null;
    };
  };

  return {
    now: () => time,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async until(promise) {
      let done = false;
      const mark = () => {
        done = true;
      };
      promise.then(mark, mark);
      await settled();
      while (!done) {
        const next = nextBy(Number.POSITIVE_INFINITY);
        if (next === undefined) throw new NothingLeftError("Nothing is left to wait for, and it has not ended.");
        await happen(next);
      }
      return promise;
    },
    async pass(ms) {
      const end = time + ms;
      await settled();
      for (let next = nextBy(end); next !== undefined; next = nextBy(end)) await happen(next);
      time = end;
    },
  };
}

/** 2026-03-01T08:00:00Z: when every run begins. */
export const epoch = Date.UTC(2026, 2, 1, 8);

export type MachineClock = {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/**
 * The clocks of one machine. Its wall can be set to anything; its monotonic clock starts anywhere and only goes on.
 *
 * @param reach wakes somebody: at once, later, or never where the process was cut off
 */
export function createMachineClock(world: World, reach: (act: () => void) => void = (act) => act()) {
  let wallOffset = 0;
  const started = 1_000 + ((world.now() * 7_919) % 86_400_000) + 0.25;
  const clock: MachineClock = {
    now: () => Math.floor(epoch + world.now() + wallOffset),
    monotonic: () => started + world.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const wake = (act: () => void) => () => {
          signal?.removeEventListener("abort", stop);
          reach(act);
        };
        const stop = () => {
          cancel();
          wake(() => reject(signal?.reason))();
        };
        // A timer never rings early.
        const cancel = world.after(Number.isFinite(ms) ? ms : 0, wake(resolve));
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
  return {
    clock,
    /** Sets the wall clock forward or back. */
    jump(ms: number): void {
      wallOffset += ms;
    },
  };
}
