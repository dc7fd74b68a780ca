/**
 * What an engine must do to keep events: take them in durably and once, hand them out one at a time for each
 * conversation, and remember them for those who read with a cursor. There are two: a SQLite file (`sqlite/`) and Redis
 * (`redis/`), which several receivers share.
 */
import type { Event } from "../../api/index.ts";

/** `waiting` to be handed on, `done`, or `dead`: given up after too many refusals, until somebody replays it. */
export const eventStates = ["waiting", "done", "dead"] as const;
export type EventState = (typeof eventStates)[number];

export type Incoming = {
  event: Event;
  /** The verified body as it arrived, decoded from UTF-8: encoding it again gives the very same bytes. */
  body: string;
};

/** What one event is told from all others by. */
export type EventName = { org: string; id: string };

/** An event as the store keeps it. */
export type StoredEvent = {
  /** Its own within its org: another org may have another event of this id. */
  id: string;
  /** `orgId` of the event, `""` where it has none; a hash of one that is longer than 400 characters or no plain text. */
  org: string;
  type: string;
  /** Events of one key are handed on in order. */
  key: string;
  /** Its place in the order of acceptance, from 1; never used twice. */
  position: number;
  /**
   * Its number in the order of hand-on, given when it is first claimed and kept for every repeat; `null` before
   * that. Numbers grow within a key. A replay takes it away, so that the event gets a new one, above all others.
   */
  sequence: number | null;
  /** Milliseconds since 1970. */
  createdAt: number;
  receivedAt: number;
  state: EventState;
  /** Hand-ons tried that failed. */
  attempts: number;
  /** Those of them that the sink refused, rather than being out of reach. */
  refusals: number;
  /** Why the last one failed. */
  error: string | null;
  /** Empty where it was forgotten. */
  body: string;
};

/** The event at the head of its key, handed out to be handed on. Nothing else of the key is, until its outcome is recorded. */
export type ClaimedEvent = StoredEvent & {
  sequence: number;
  /** Whether its sink did not answer the last time. */
  hanging: boolean;
  /** Proves who holds it, where several receivers share the store. */
  lease: string;
  /** Milliseconds, from when it was asked for, in which nobody else gets it. */
  leaseMs: number;
};

export type FailedHandOn = {
  /** How long to wait before it is tried again, in milliseconds, by the store's own clock. */
  afterMs: number;
  error: string;
  /** Whether the sink did not answer, so that its key is one of those that hang. */
  hung?: boolean;
  /** Whether the sink refused this event; `false`: it was out of reach, which says nothing about the event. */
  refused: boolean;
};

export type LogPage = {
  /** Oldest first. */
  events: { position: number; body: string }[];
  /** Everything up to this position has been looked at: go on from here. */
  upTo: number;
  more: boolean;
  /** Whether events after the position asked for are no longer kept. */
  gap: boolean;
};

export type StoreStats = {
  waiting: number;
  dead: number;
  /** Accepted since the store was made. */
  accepted: number;
  /** Conversations and contacts that have something waiting. */
  keys: number;
  /** Keys whose first event has failed at least once. */
  retrying: number;
  /** How long the event that waits longest has been here, in milliseconds; `null`: nothing waits. */
  oldestWaitingMs: number | null;
};

export type EventStore = {
  /**
   * Keeps an event. Resolves when it is on disk, and only then may the delivery be acknowledged.
   *
   * @returns `false`: its org has had this id with the same body, so nothing was stored
   * @throws EventConflictError where its org has had this id with another body: nothing was stored, answer 409
   * @throws where it cannot be kept now: answer 503
   */
  accept(incoming: Incoming): Promise<boolean>;
  /**
   * The first events of up to `limit` keys that are due and that nobody works on. They are yours until you record an outcome. Half of the
   * places go to the keys that wait longest and half to those that became due last, so that a new one need not wait until
   * a backlog is over. An event that was claimed once stays the first of its key until it is done or dead.
   *
   * @param maxHanging of them, at most so many that hang; `limit` by default
   */
  take(limit: number, maxHanging?: number): Promise<ClaimedEvent[]>;
  /** It was handed on. `false`: the lease ended before, somebody else has the key now, and nothing changed. */
  done(claimed: ClaimedEvent): Promise<boolean>;
  /** It failed and stays first of its key. */
  retry(claimed: ClaimedEvent, failed: FailedHandOn): Promise<boolean>;
  /** It failed for good: it joins the dead letters and its key goes on. */
  bury(claimed: ClaimedEvent, error: string): Promise<boolean>;
  /**
   * Milliseconds until something falls due that is not claimed, 0 where it is due; `null`: nothing waits.
   *
   * @param hanging whether keys count that hang; `true` by default
   */
  nextDueInMs(hanging?: boolean): Promise<number | null>;
  /** Is told when something may have become due here. Events that other processes accept are found by asking. */
  watch(listener: () => void): () => void;

  /** Events after a position, in the order of acceptance, whatever became of them. */
  read(query: { after: number; types?: readonly string[] | undefined; limit: number }): Promise<LogPage>;
  /** The log's own name (another after the store was made anew) and its last position. */
  end(): Promise<{ log: string; position: number }>;
  /** Events after a position, in the order of acceptance. */
  list(query: { state?: EventState; key?: string; after?: number; limit: number }): Promise<StoredEvent[]>;
  /**
   * Puts events back to be handed on again, dead or done; gives the id of each that was. Each takes its old place in its
   * key, but after an event that has been claimed already.
   *
   * @param events an id alone means the events of that id of every org
   */
  replay(events: readonly (string | EventName)[]): Promise<string[]>;
  stats(): Promise<StoreStats>;
  /** Forgets events that have been done for longer than the store keeps them. */
  prune(): Promise<number>;
  /**
   * Takes everything out of events, by position, but their ids, by which a repeat of them is known. Nobody reads them any more
   * or is handed them; the positions of all others stay.
   *
   * @returns how many had something
   */
  forget(positions: readonly number[]): Promise<number>;
  /**
   * Has the engine write its files anew, so that what was forgotten is not in a part of them that is free either.
   *
   * @returns `false`: it could not be done now
   */
  scrub(): Promise<boolean>;

  /** Small things a receiver remembers: its secrets, its registration. */
  setting(name: string): Promise<string | null>;
  /**
   * Changes a setting if it is still what it was read as (`null`: not there).
   *
   * @returns `false`: somebody changed it meanwhile, and nothing was done
   */
  swapSetting(name: string, from: string | null, to: string | null): Promise<boolean>;
  /** Finishes what is being written and closes. */
  close(): Promise<void>;
};

/** An event's id is that of another event of its org, which is kept. */
export class EventConflictError extends Error {
  override readonly name = "EventConflictError";

  constructor() {
    super("This id is that of another event of the same org, which is kept: this one has another body, and is not.");
  }
}

export type StoreOptions = {
  /**
   * Milliseconds an event is held back so that one created before it can still arrive: two events of a key that arrive
   * within this time of each other are handed on in the order of `createdAt`. 0: in the order of arrival.
   */
  holdBackMs?: number;
  /** Milliseconds that events are kept after they are done, to know a repeat and for those who read with a cursor. */
  keepMs?: number;
};

export const defaultKeepMs = 7 * 24 * 60 * 60 * 1000;
