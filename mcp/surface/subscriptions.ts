/** Resource subscriptions of one session: a host is told that what it shows has changed, as the receiver hears of it. */
import type { Event } from "../../src/api/index.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { parseSubject } from "./resources.ts";

/** How long one wait for events lasts, in milliseconds. */
const waitMs = 25_000;
const pageSize = 100;
/** How long the events are left alone after a failure. */
const retryDelayMs = 5000;

/** What an event changes, as {@link parseSubject} names it. */
function getChangedSubject({ type, data }: Event): string {
  const { id, conversationId } = data as { id?: unknown; conversationId?: unknown };
  return type.startsWith("contact.") ? `contact ${id}` : `messages ${conversationId ?? id}`;
}

export type Subscriptions = {
  /** @returns whether the address is one that changes */
  add(uri: string): boolean;
  remove(uri: string): void;
  close(): void;
};

/** @param notify is called with each address that was subscribed to and has changed */
export function createSubscriptions(
  events: EventReader,
  notify: (uri: string) => void,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Subscriptions {
  /** By what they show: one thing may be subscribed to by several spellings of its address. */
  const subscribed = new Map<string, Set<string>>();
  const closing = new AbortController();
  let watching = false;
  let cursor: string | undefined;

  const notifyChanges = async (): Promise<void> => {
    const answer = await events.wait({
      limit: pageSize,
      timeoutMs: waitMs,
      signal: closing.signal,
      cursor,
    });
    cursor = answer.cursor;
    // After a gap anything may have changed.
    const changed = answer.gap ? [...subscribed.keys()] : new Set(answer.data.map(getChangedSubject));
    for (const subject of changed) for (const uri of subscribed.get(subject) ?? []) notify(uri);
  };

  const watch = async (): Promise<void> => {
    while (subscribed.size > 0 && !closing.signal.aborted) {
      await notifyChanges().catch(() => sleep(retryDelayMs, closing.signal).catch(() => {}));
    }
    watching = false;
  };

  return {
    add(uri) {
      const subject = parseSubject(uri);
      if (subject === undefined) return false;
      subscribed.set(subject, (subscribed.get(subject) ?? new Set()).add(uri));
      if (!watching) {
        watching = true;
        void watch();
      }
      return true;
    },
    remove(uri) {
      const subject = parseSubject(uri);
      const uris = subject === undefined ? undefined : subscribed.get(subject);
      uris?.delete(uri);
      if (subject !== undefined && uris?.size === 0) subscribed.delete(subject);
    },
    close: () => closing.abort(),
  };
}
