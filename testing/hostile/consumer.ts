/**
 * Consumers that do what "What your server gets" in docs/events.md says, to the letter and nothing beside it, and an oracle
 * that knows nothing of numbers: it judges what they processed against what was sent.
 */

/** A hand-on as its headers, attributes or fields tell of it. */
export type Arrival = { id: string; key: string; sequence: number };

export type Consumer = {
  /** Ids in the order in which they were processed; one that was processed twice is in it twice. */
  processed: Arrival[];
  /** Processes what arrives, or drops it. Either way it is acknowledged. */
  take(arrival: Arrival): void;
};

/** Remembers for each order key the last number it has processed, and drops what has that number or a lower one. */
export function createSequenceConsumer(): Consumer {
  const last = new Map<string, number>();
  const processed: Arrival[] = [];
  return {
    processed,
    take(arrival) {
      if (arrival.sequence <= (last.get(arrival.key) ?? 0)) return;
      processed.push(arrival);
      last.set(arrival.key, arrival.sequence);
    },
  };
}

/** Remembers the ids of what it has processed, and drops what has one of them. */
export function createDeliveryConsumer(): Consumer {
  const known = new Set<string>();
  const processed: Arrival[] = [];
  return {
    processed,
    take(arrival) {
      if (known.has(arrival.id)) return;
      processed.push(arrival);
      known.add(arrival.id);
    },
  };
}

export type Promised = {
  /** Ids that were acknowledged, each with its key. */
  acknowledged: ReadonlyMap<string, string>;
  /** Ids that somebody replayed: those may be processed again, and have no place in the order. */
  replayed: ReadonlySet<string>;
  /** Ids that were given up for a time: they have no place in the order. */
  buried: ReadonlySet<string>;
  /** Whether the first must be processed before the second, which is of the same key. */
  isBefore(one: string, other: string): boolean;
};

/** @returns a sentence for each promise that was broken */
export function findBroken(processed: readonly { id: string }[], promised: Promised): string[] {
  const broken: string[] = [];
  const times = new Map<string, number[]>();
  for (const [index, { id }] of processed.entries()) times.set(id, [...(times.get(id) ?? []), index]);
  for (const id of promised.acknowledged.keys()) if (!times.has(id)) broken.push(`${id} is lost`);
  for (const [id, at] of times)
    if (at.length > 1 && !promised.replayed.has(id)) broken.push(`${id} was processed ${at.length} times`);
  const byKey = new Map<string, string[]>();
  for (const id of times.keys()) {
    if (promised.replayed.has(id) || promised.buried.has(id)) continue;
    const key = promised.acknowledged.get(id);
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), id]);
  }
  for (const ids of byKey.values()) {
    for (const [index, earlier] of ids.entries()) {
      for (const later of ids.slice(index + 1))
        if (promised.isBefore(later, earlier)) broken.push(`${later} was processed after ${earlier}`);
    }
  }
  return broken;
}
