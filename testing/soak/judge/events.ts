/** Events: each that OnSync has is handed on, in the order of its conversation, and signed. */
import { createSequenceConsumer, findBroken } from "../../hostile/consumer.ts";
import { judge } from "../../receivers/judge.ts";
import type { Evidence } from "../evidence.ts";

export function judgeEvents({
  stored,
  sentEvents,
  handedOn,
}: Pick<Evidence, "stored" | "sentEvents" | "handedOn">): string[] {
  const accepted = new Set(handedOn.filter((each) => each.accepted).map(({ id }) => id));
  const never = stored.events
    .filter(({ id }) => !accepted.has(id))
    .map(({ id, status }) => `event lost: ${id} was never handed on; its delivery is ${status}`);
  // Who lived and who died is not asked here: of three receivers, each may repeat what another has handed on.
  const seen = handedOn.map((each) => ({ ...each, epoch: 1 }));
  const { violations } = judge(sentEvents, seen, { oneReceiver: false });
  const forged = handedOn
    .filter(({ genuine }) => !genuine)
    .map(({ id }) => `event unsigned: ${id} was handed on with a wrong signature`);
  return [...never, ...violations.map((each) => `events: ${each}`), ...forged, ...judgeConsumer(sentEvents, handedOn)];
}

/** A server that follows docs/events.md to the letter has each once and in order. */
function judgeConsumer(sentEvents: Evidence["sentEvents"], handedOn: Evidence["handedOn"]): string[] {
  const consumer = createSequenceConsumer();
  for (const { id, key, sequence, accepted } of handedOn) if (accepted) consumer.take({ id, key, sequence });
  const byId = new Map(sentEvents.map((event) => [event.id, event]));
  const acknowledged = sentEvents.filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  return findBroken(consumer.processed, {
    acknowledged: new Map(acknowledged.map(({ id, key }) => [id, key])),
    ...{ replayed: new Set<string>(), buried: new Set<string>() },
    isBefore: (one, other) =>
      (byId.get(one)?.acknowledgedAt ?? Number.POSITIVE_INFINITY) < (byId.get(other)?.startedAt ?? 0),
  }).map((each) => `a server behind the receivers: ${each}`);
}
