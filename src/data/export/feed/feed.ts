/**
 * The receiver's event log as the feed of changes: what OnSync has delivered costs no request. Events come late, twice and in
 * any order; rows are told apart by their versions, so that the feed may be read before, during and after a backfill.
 */
import { type Clock, systemClock } from "../../../client/clock.ts";
import { startDeadline, withDeadline } from "../../../client/deadline.ts";
import type { EventStore, LogPage } from "../../../webhooks/store/store.ts";
import type { Committer } from "../committer.ts";
import type { ExportRow, TableName } from "../records.ts";
import { eventTypes, readEvents } from "./events.ts";
import { orgName } from "./org.ts";

/** The event store of a receiver, read beside it. */
export type EventSource = Pick<EventStore, "read" | "end" | "watch">;

const pageSize = 500;
/** How often the log is looked at, for events that another process keeps. */
const defaultPollMs = 250;
const maxRetryMs = 30_000;

/** Where an export is in the log. */
type Place = {
  /** The log's own name: where it is another, the log was made anew. */
  log: string;
  /** All events up to this one were read. */
  position: number;
  /** How late the latest of them was created, in milliseconds since 1970; `null` where there was none. */
  newest: number | null;
};

/** Events that were not kept any more when they were to be read: what they told of has to be read again. */
export type FeedGap = {
  /** How late the latest event before it was created, in milliseconds since 1970; `null`: unknown. */
  since: number | null;
  /** Whether a backfill knows what it has to read again. */
  isReopened?: boolean | undefined;
};

/** What was read of the log. */
export type FeedReading = {
  /** Events that told of a row. */
  events: number;
  /** Events that told of a record without a key. */
  unknown: number;
  /** Whether the log was never read into this target before. */
  isNew: boolean;
  /** Noticed now. It is kept under {@link EventFeed.gapName}. */
  gap: FeedGap | null;
};

export type FeedOptions = {
  source: EventSource;
  committer: Pick<Committer, "add" | "note" | "flush" | "readState">;
  table: TableName;
  /** Events of other orgs are passed over. `null` where OnSync does not tell: then there may be none. */
  orgId: string | null;
  /** Which rows are exported, and what is left of them; by default each as it is. `null` leaves one out. */
  choose?: ((row: ExportRow) => ExportRow | null) | undefined;
  /**
   * What is to be noted of conversations that are named, together with the place behind them: no event may name them again.
   *
   * @param isWhole whether the feed was read before, and nothing of it was missed
   */
  noteNames?: ((ids: ReadonlySet<string>, isWhole: boolean) => Promise<ReadonlyMap<string, string | null>>) | undefined;
  clock?: Clock | undefined;
  pollMs?: number | undefined;
};

export type FollowOptions = {
  /** Stops it: then all that was read is in the target. */
  signal: AbortSignal;
  /** Told of each look that found something. The next one waits for it. */
  onReading?: ((reading: FeedReading) => unknown) | undefined;
  /** Told why the log cannot be read. It is tried again. */
  onTrouble?: ((error: unknown) => void) | undefined;
};

type Start = { place: Place; isNew: boolean; gap: FeedGap | null; gapsFrom: number };

/** The log cannot be read. */
class SourceError extends Error {
  override readonly name = "SourceError";
}

export class EventFeed {
  readonly #options: FeedOptions;
  readonly #clock: Clock;
  readonly #placeName: string;
  /** Of the entry that is there until what was missed has been read again. */
  readonly gapName: string;
  /** Of the entry that is there once a backfill has read what was before the feed. */
  readonly joinedName: string;
  #seenOrg: string | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#placeName = `feed:place:${options.table}`;
    this.gapName = `feed:gap:${options.table}`;
    this.joinedName = `feed:joined:${options.table}`;
  }

  /**
   * Reads what is there by now: rows and the place behind them are in the target when it is done.
   *
   * @throws what the event store throws
   */
  async catchUp(signal?: AbortSignal): Promise<FeedReading> {
    return this.#catchUp(signal).catch((error: unknown) => {
      throw error instanceof SourceError ? error.cause : error;
    });
  }

  /** Reads on until it is stopped. */
  async follow({ signal, onReading, onTrouble }: FollowOptions): Promise<void> {
    const { source, pollMs = defaultPollMs } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      const changed = Promise.withResolvers<void>();
      // Before the look, so that nothing slips in between.
      const unwatch = source.watch(changed.resolve);
      try {
        const reading = await this.#catchUp(signal);
        failures = 0;
        const hasFound = reading.events > 0 || reading.unknown > 0 || reading.gap !== null;
        if (hasFound) await onReading?.(reading);
        else await this.#wait(pollMs, changed.promise, signal);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        onTrouble?.(error.cause);
        failures += 1;
        await this.#wait(Math.min(maxRetryMs, pollMs * 2 ** failures), new Promise(() => {}), signal);
      } finally {
        unwatch();
      }
    }
  }

  /** What was missed and is not read again yet. */
  async findGap(): Promise<FeedGap | null> {
    const kept = await this.#options.committer.readState(this.gapName);
    return kept === null ? null : (JSON.parse(kept) as FeedGap);
  }

  /** A backfill knows what it has to read again for it. */
  async markGapReopened(): Promise<void> {
    const gap = await this.findGap();
    if (gap === null) return;
    await this.#options.committer.note(new Map([[this.gapName, JSON.stringify({ ...gap, isReopened: true })]]));
    await this.#options.committer.flush();
  }

  /** How late the latest event that was read was created, in milliseconds since 1970; `null` where there was none. */
  async findNewest(): Promise<number | null> {
    const kept = await this.#options.committer.readState(this.#placeName);
    return kept === null ? null : (JSON.parse(kept) as Place).newest;
  }

  async #catchUp(signal: AbortSignal | undefined): Promise<FeedReading> {
    const { committer, table, choose = (row: ExportRow) => row } = this.#options;
    const start = await this.#findStart();
    this.#seenOrg ??= await committer.readState(orgName);
    const reading: FeedReading = { events: 0, unknown: 0, isNew: start.isNew, gap: start.gap };
    const isKnown = !start.isNew && (await this.findGap()) === null;
    let place = start.place;
    for (let isMore = true, isFirst = true; isMore && !signal?.aborted; isFirst = false) {
      const page = await this.#readPage(place.position);
      const content = readEvents(page, table, (event) => this.#isOurs(event));
      if ((page.gap && place.position >= start.gapsFrom) || content.isBroken) reading.gap ??= { since: place.newest };
      const isNews = page.upTo > place.position || (isFirst && (start.isNew || reading.gap !== null));
      place = { ...place, position: page.upTo, newest: findLatest(place.newest, content.newest) };
      isMore = page.more;
      if (!isNews) continue;
      reading.events += content.rows.length;
      reading.unknown += content.unknown;
      const rows = content.rows.map(choose).filter((row) => row !== null);
      // What was missed is known together with the place behind it, whatever happens next.
      const gap = reading.gap && { since: ((await this.findGap()) ?? reading.gap).since };
      const isWhole = isKnown && reading.gap === null;
      const named = await this.#options.noteNames?.(new Set(content.conversationIds), isWhole);
      const changes = new Map([...(named ?? []), [this.#placeName, JSON.stringify(place)]]);
      if (this.#seenOrg !== null) changes.set(orgName, this.#seenOrg);
      if (gap) changes.set(this.gapName, JSON.stringify(gap));
      await committer.add(table, rows, changes);
    }
    await committer.flush();
    return reading;
  }

  /** @throws Error where nothing tells whose of several orgs the events are */
  #isOurs({ orgId }: { orgId?: unknown }): boolean {
    if (this.#options.orgId !== null) return orgId === this.#options.orgId;
    if (typeof orgId !== "string") return true;
    this.#seenOrg ??= orgId;
    if (this.#seenOrg === orgId) return true;
    throw new Error(
      `The event log has events of ${this.#seenOrg} and of ${orgId}, and this OnSync does not say of which the API key is: keep the events of each org in a log of their own.`,
    );
  }

  async #findStart(): Promise<Start> {
    const end = await this.#ask((source) => source.end());
    const kept = await this.#options.committer.readState(this.#placeName);
    const known = kept === null ? null : (JSON.parse(kept) as Place);
    // A place that the log has not come to is of what it was before it was put back to an older copy.
    if (known?.log === end.log && known.position <= end.position)
      return { place: known, isNew: false, gap: null, gapsFrom: known.position };
    const place = { log: end.log, position: 0, newest: known?.newest ?? null };
    // What the log has kept from before is read all the same: a history may lag behind the events.
    return { place, isNew: known === null, gap: known && { since: known.newest }, gapsFrom: end.position };
  }

  #readPage(after: number): Promise<LogPage> {
    const types = eventTypes[this.#options.table];
    return this.#ask((source) => source.read({ after, types, limit: pageSize }));
  }

  async #ask<Answer>(work: (source: EventSource) => Promise<Answer>): Promise<Answer> {
    try {
      return await work(this.#options.source);
    } catch (cause) {
      throw new SourceError("the event log cannot be read", { cause });
    }
  }

  async #wait(ms: number, changed: Promise<void>, signal: AbortSignal): Promise<void> {
    await withDeadline(startDeadline({ clock: this.#clock, deadlineMs: ms }, { signal }), () => changed);
  }
}

function findLatest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
