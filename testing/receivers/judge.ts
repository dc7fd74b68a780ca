/**
 * Judges what a sink saw against what the senders know: nothing acknowledged is lost, each conversation keeps its order,
 * and the only repeats are those that at-least-once allows.
 */

/** An event as its sender knows it. Times are of one clock. */
export type Sent = {
  id: string;
  key: string;
  /** When its first attempt began. */
  startedAt: number;
  /** When the first 2xx came; `null`: none did. */
  acknowledgedAt: number | null;
};

/** A hand-on as the sink saw it, in the order of arrival. */
export type Seen = {
  id: string;
  key: string;
  sequence: number;
  accepted: boolean;
  /** Counts deaths and restarts: odd from a death until the next start, even while nobody dies. */
  epoch: number;
};

export type Verdict = { acknowledged: number; handedOn: number; repeats: number; violations: string[] };

function grouped<Item extends { key: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.key);
    if (group) group.push(item);
    else groups.set(item.key, [item]);
  }
  return groups;
}

function firsts(seen: readonly Seen[]): Seen[] {
  const known = new Set<string>();
  return seen.filter(({ id }) => !known.has(id) && known.add(id));
}

/** What was acknowledged before another was sent for the first time must be handed on before it. */
function realTimeOrder(key: string, order: readonly Seen[], sent: ReadonlyMap<string, Sent>): string[] {
  const violations: string[] = [];
  let later: { id: string; acknowledgedAt: number } = { id: "", acknowledgedAt: Number.POSITIVE_INFINITY };
  for (const { id } of [...order].reverse()) {
    const event = sent.get(id);
    if (!event) continue;
    if (later.acknowledgedAt < event.startedAt)
      violations.push(`${key}: ${later.id} was acknowledged before ${id} was sent, and handed on after it`);
    if (event.acknowledgedAt !== null && event.acknowledgedAt < later.acknowledgedAt)
      later = { id, acknowledgedAt: event.acknowledgedAt };
  }
  return violations;
}

function increasing(key: string, order: readonly Seen[], what: string, strictly: boolean): string[] {
  return order.flatMap(({ id, sequence }, index) => {
    const before = order[index - 1];
    if (!before || before.sequence < sequence || (!strictly && before.sequence === sequence)) return [];
    return [`${key}: ${what} ${id} (${sequence}) came after ${before.id} (${before.sequence})`];
  });
}

/** A receiver that lives notes what it has handed on: it repeats nothing by itself. */
function needless(seen: readonly Seen[]): string[] {
  const last = new Map<string, number>();
  return seen.flatMap(({ id, accepted, epoch }) => {
    if (!accepted) return [];
    const again = last.get(id) === epoch && epoch % 2 === 0;
    last.set(id, epoch);
    return again ? [`${id} was handed on again though nobody had died`] : [];
  });
}

/**
 * @param oneReceiver whether repeats, too, must stay in order: with one receiver nobody else goes on meanwhile, so an event
 *   can only be repeated before the next of its key is seen, and after a death
 */
export function judge(
  sent: readonly Sent[],
  seen: readonly Seen[],
  { oneReceiver }: { oneReceiver: boolean },
): Verdict {
  const byId = new Map(sent.map((event) => [event.id, event]));
  const accepted = new Set(seen.filter((each) => each.accepted).map(({ id }) => id));
  const acknowledged = sent.filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  const lost = acknowledged.filter(({ id }) => !accepted.has(id)).map(({ id }) => `${id} was acknowledged and is lost`);
  const invented = firsts(seen).filter(({ id }) => !byId.has(id));
  const order = [...grouped(seen)].flatMap(([key, events]) => [
    ...increasing(key, firsts(events), "first hand-on", true),
    ...(oneReceiver ? increasing(key, events, "hand-on", false) : []),
    ...realTimeOrder(key, firsts(events), byId),
  ]);
  if (oneReceiver) order.push(...needless(seen));
  const taken = seen.filter((each) => each.accepted).length;
  return {
    acknowledged: acknowledged.length,
    handedOn: accepted.size,
    repeats: taken - accepted.size,
    violations: [...lost, ...invented.map(({ id }) => `${id} was never sent`), ...order],
  };
}
