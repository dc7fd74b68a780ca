/**
 * Webhook deliveries as OnSync makes them: signed, again until they are acknowledged; out of order, some twice, some late. It
 * does not give up: what is never delivered nobody can know.
 */
import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../hostile/random.ts";
import type { Inbox, InboxEvent, Row } from "../inbox/inbox.ts";

export type DeliverySettings = {
  secret: string;
  random: Random;
  /** Where the receiver is; `null` while it is down. */
  url: () => string | null;
  maxDelayMs: number;
  /** Whether the receiver serves another org as well, as docs/events.md allows: none of its rows is to be exported. */
  otherOrg: boolean;
};

/** The same, of another org: a row of its own, or a later state of one that has the same id there. */
function toOtherOrg({ id, data, ...event }: InboxEvent, random: Random): InboxEvent {
  const row: Row = { ...data, content: "of another org", firstName: "of another org", status: "read" };
  if (random.chance(0.5)) row.id = data.id.replace(/.$/, "Z");
  return {
    ...event,
    id: `${id}Z`,
    orgId: "org_OTHER",
    data: { ...row, ...(data.orgId ? { orgId: "org_OTHER" } : {}) },
  };
}

export type Deliveries = {
  /** Answers that no receiver gives: neither an acknowledgement nor a "not now". */
  refusals: readonly string[];
  /** When each event was first acknowledged, by its id, in milliseconds since 1970. */
  acknowledgedAt: ReadonlyMap<string, number>;
  attempts: () => number;
  /** Resolves when all that happened is acknowledged. */
  settled(timeoutMs: number): Promise<void>;
  close(): void;
};

export function startDeliveries(
  inbox: Inbox,
  { secret, random, url, maxDelayMs, otherOrg }: DeliverySettings,
): Deliveries {
  const [refusals, waiting, acknowledgedAt] = [[] as string[], new Set<string>(), new Map<string, number>()];
  let [attempts, closed] = [0, false];

  const attempt = async (event: InboxEvent, number: number): Promise<boolean> => {
    const to = url();
    if (to === null) return false;
    attempts += 1;
    const body = JSON.stringify(event);
    const headers = {
      "content-type": "application/json",
      "x-onsync-signature": createHmac("sha256", secret).update(body).digest("hex"),
      ...{
        "x-onsync-event": event.type,
        "x-onsync-delivery": event.id,
        "x-onsync-attempt": String(Math.min(number, 4)),
      },
    };
    try {
      const response = await fetch(to, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
      await response.text();
      if (response.ok && !acknowledgedAt.has(event.id)) acknowledgedAt.set(event.id, Date.now());
      if (!response.ok && response.status < 500) refusals.push(`${event.id} was answered ${response.status}`);
      return response.ok;
    } catch {
      return false;
    }
  };
  const deliver = async (event: InboxEvent): Promise<void> => {
    await delay(random.next() * maxDelayMs * (random.chance(0.1) ? 8 : 1));
    for (let number = 1; !closed && !(await attempt(event, number)); number++) await delay(100 + random.next() * 200);
    waiting.delete(event.id);
    if (!closed && random.chance(0.1)) await delay(random.next() * 1000).then(() => attempt(event, 2));
  };
  inbox.onEvent = (event) => {
    const events = otherOrg && random.chance(0.05) ? [toOtherOrg(event, random), event] : [event];
    for (const each of events) {
      waiting.add(each.id);
      void deliver(each);
    }
  };

  return {
    refusals,
    acknowledgedAt,
    attempts: () => attempts,
    async settled(timeoutMs) {
      const until = performance.now() + timeoutMs;
      while (waiting.size > 0 && performance.now() < until) await delay(20);
      if (waiting.size > 0) throw new Error(`${waiting.size} events were not acknowledged in time`);
    },
    close() {
      closed = true;
      inbox.onEvent = () => {};
    },
  };
}
