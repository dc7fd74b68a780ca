/** The feeds of an export's tables beside its backfill: when one can do without the other, and what a gap makes of the checkpoints. */
import { type Backfill, type Changes, listCheckpoints, readCheckpoint } from "../backfill.ts";
import type { ConversationCheckpoint } from "../checkpoints.ts";
import { beginNewConversations } from "../discover.ts";
import type { TableName } from "../records.ts";
import { EventFeed, type EventSource, type FeedGap, type FeedReading } from "./feed.ts";

/**
 * How late an event may come: OnSync tries four times, 30, 120 and 480 seconds apart, each give or take a fifth, and waits for
 * ten seconds each time (docs/contract.md, "Webhooks"). What it gave up does not come at all.
 */
export const maxDeliveryMs = 1.2 * (30 + 120 + 480) * 1000 + 4 * 10_000;
/** How long rows that others may not see yet are kept from them while it is followed, in milliseconds. */
const maxUnfinishedMs = 60_000;

export type FollowHooks = {
  /** Something was read. */
  onReading: () => void;
  /** Events were missed: what they told of is to be read again. */
  onGap: () => Promise<void>;
  /** Rows came, or nothing has for a while. */
  onRest: () => Promise<void>;
  onTrouble?: ((error: unknown) => void) | undefined;
};

export class ChangeFeeds {
  readonly #backfill: Backfill;
  readonly #feeds: readonly EventFeed[];
  /** Events without a key, of all that was read. */
  unknown = 0;

  constructor(backfill: Backfill, source: EventSource, orgId: string | null, pollMs?: number) {
    const { committer, tables, redact, clock } = backfill;
    const noteNames = async (ids: ReadonlySet<string>, isWhole: boolean): Promise<Changes> => {
      const isListed = (await readCheckpoint(backfill, backfill.names.list("conversations"))) !== null;
      // One that the list did not have is new since: all of it came by the feeds.
      return isWhole && isListed ? new Map() : beginNewConversations(backfill, ids);
    };
    const create = (table: TableName) => {
      const choose = redact && ((row: Parameters<typeof redact>[1]) => redact(table, row));
      return new EventFeed({ source, committer, table, orgId, choose, noteNames, clock, pollMs });
    };
    this.#backfill = backfill;
    this.#feeds = [...tables].map(create);
  }

  /** Reads what is there by now. @returns whether all that changed since the export before is known by it */
  async catchUp(): Promise<boolean> {
    let isContinuous = true;
    for (const feed of this.#feeds) {
      const reading = await feed.catchUp(this.#backfill.signal);
      this.unknown += reading.unknown;
      if (reading.isNew || (await feed.findGap()) !== null) isContinuous = false;
    }
    return isContinuous;
  }

  /** Reads on until it is stopped. */
  async follow({ onReading: onRead, onGap, onRest, onTrouble }: FollowHooks): Promise<void> {
    const { signal, clock } = this.#backfill;
    let restedAt = clock.now();
    if ((await this.#findGaps()).length > 0) await onGap();
    const onReading = async (reading: FeedReading) => {
      this.unknown += reading.unknown;
      onRead();
      if (reading.gap) await onGap();
      if (clock.now() - restedAt < maxUnfinishedMs) return;
      restedAt = clock.now();
      await onRest();
    };
    await Promise.all(this.#feeds.map((feed) => feed.follow({ signal, onReading, onTrouble })));
  }

  /**
   * Has a backfill read again what the events that were missed may have told of: a status may be one of any message, so that
   * is every conversation, down to its beginning.
   *
   * @returns the first of the gaps; `null`: there is none
   */
  async reopenCheckpoints(): Promise<FeedGap | null> {
    const { committer, names } = this.#backfill;
    const open = await this.#findGaps();
    const [gap = null] = open.map(({ gap }) => gap);
    const isUnmarked = open.some(({ gap: { isReopened } }) => !isReopened);
    if (gap === null || !isUnmarked) return gap;
    await committer.flush();
    for await (const { id, checkpoint } of listCheckpoints<ConversationCheckpoint>(
      this.#backfill,
      names.conversations,
    )) {
      const reopened = { ...checkpoint, isWhole: false, upTo: null, walk: null };
      await committer.note(new Map([[`${names.conversations}${id}`, JSON.stringify(reopened)]]));
    }
    await committer.flush();
    // After all of them are on disk: killed before that, the next export does it once more.
    for (const { feed } of open) await feed.markGapReopened();
    return gap;
  }

  /** Whether each has gone on since before a backfill of its table that has come to its end. */
  async areJoined(): Promise<boolean> {
    const joined = await Promise.all(this.#feeds.map((feed) => this.#backfill.committer.readState(feed.joinedName)));
    return joined.every((each) => each !== null);
  }

  /**
   * What is to be noted once a backfill has come to its end that began after {@link reopenCheckpoints}.
   *
   * @param isFed whether it also began after the feeds
   */
  async join(isFed: boolean): Promise<Changes> {
    const closed = (await this.#findGaps()).filter(({ gap }) => gap.isReopened).map(({ feed }) => feed.gapName);
    const joined = isFed ? this.#feeds.map(({ joinedName }) => joinedName) : [];
    return new Map([...closed.map((name) => [name, null] as const), ...joined.map((name) => [name, "yes"] as const)]);
  }

  /**
   * Up to when all that OnSync announced has come, in milliseconds since 1970, if it gave up no delivery; `null` where no event
   * says so.
   */
  async findAsOf(): Promise<number | null> {
    const newest = await Promise.all(this.#feeds.map((feed) => feed.findNewest()));
    const known = newest.filter((at) => at !== null);
    return known.length < newest.length ? null : Math.min(...known) - maxDeliveryMs;
  }

  async #findGaps() {
    const gaps = await Promise.all(this.#feeds.map(async (feed) => ({ feed, gap: await feed.findGap() })));
    return gaps.flatMap(({ feed, gap }) => (gap ? [{ feed, gap }] : []));
  }
}
