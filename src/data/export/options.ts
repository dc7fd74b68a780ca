/** What an export is told, and what it tells. */
import type { Clock } from "../../client/clock.ts";
import type { OnSync } from "../../client/index.ts";
import type { Budget } from "../budget/budget.ts";
import type { Unknown } from "./completeness.ts";
import type { KnownId } from "./discover.ts";
import type { EventSource, FeedGap } from "./feed/feed.ts";
import type { TableName } from "./records.ts";
import type { ExportTarget } from "./targets/target.ts";
import type { Verified, VerifyScope } from "./verify.ts";

export type ExportProgress = {
  /** That came to the target. */
  rows: number;
  requests: number;
  /** Conversations that are left, and requests that they take if those are as long as the ones before; `null` until it is known which there are. */
  left: { conversations: number; requests: number } | null;
};

export type ExportResult = {
  /** That the target did not have like this before. */
  rows: number;
  requests: number;
  /** ISO 8601, by OnSync's clock: what there was then is exported. `null` where that cannot be said. */
  completeUpTo: string | null;
  /** What could not be known or read, and how much of it. */
  unknown: readonly Unknown[];
  /** What `verify` found. */
  verified: Verified | null;
  /** Whether it came to its end, and was not stopped. */
  complete: boolean;
};

export type ExportOptions = {
  tables: readonly TableName[];
  target: ExportTarget;
  /** Made with `maxAttempts: 1`: what is repeated is repeated, and counted, here. */
  onsync: OnSync;
  /** Of `onsync`: by it the target is known to be this org's. It is not kept. */
  apiKey: string;
  budget: Budget;
  /** The id of one contact, whose data alone are exported. */
  contact?: string | undefined;
  /**
   * The event log of a receiver: what it tells costs no request, and an export that has come to its end with it reads nothing
   * else. Not with `contact`.
   */
  events?: EventSource | undefined;
  /** Goes on with what comes to the event log, until `signal` stops it. */
  follow?: boolean | undefined;
  /** How often the event log is looked at, in milliseconds. */
  pollMs?: number | undefined;
  /** Told that events were gone before they were read: what they may have told of is read again, which is all. */
  onGap?: ((gap: FeedGap) => void) | undefined;
  /** Told that what there was is exported, and that it follows. */
  onFollow?: (() => void) | undefined;
  /** Told why the event log cannot be read while it is followed. It is tried again. */
  onTrouble?: ((error: unknown) => void) | undefined;
  /** Known from elsewhere, such as a CRM. */
  knownIds?: Iterable<KnownId> | AsyncIterable<KnownId> | undefined;
  /** Masks what names a person. What the target's state remembers has the numbers of conversations all the same. */
  redact?: boolean | undefined;
  /** Reads what is there again in the end, and compares it. */
  verify?: VerifyScope | undefined;
  onProgress?: ((progress: ExportProgress) => void) | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  outageMs?: number | undefined;
  /** Stops it: what was read is in the target, and the next export goes on from there. */
  signal?: AbortSignal | undefined;
};
