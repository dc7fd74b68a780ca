/**
 * The send ledger: a note of each send, made before its request leaves, so that two calls, two processes or a restart never
 * send one message twice. The engine here keeps it in memory; `src/ledger` has a SQLite file and Redis, which processes share.
 */

/**
 * `claimed`: somebody is sending it now. `sent`: the message exists. `not_sent`: it certainly does not, and the reference is
 * free. `unknown`: its answer was lost, or whoever claimed it died; history or a webhook event settles it.
 */
export const sendStates = ["claimed", "sent", "not_sent", "unknown"] as const;
export type SendState = (typeof sendStates)[number];

/** Whose message it is: a reference means something within one account of one OnSync. */
export type LedgerKey = {
  /** The base URL, or what the client was told as `ledgerScope`. */
  scope: string;
  /** `metadata.clientReference`. */
  reference: string;
};

/** The message a reference stands for. Its text is not kept. */
export type LedgerMessage = LedgerKey & {
  /** SHA-256 of platform, recipient, type and text or template, in hex: tells another message under the same reference. */
  fingerprint: string;
  platform: string;
  to: string;
  messageType: string;
};

export type LedgerEntry = LedgerMessage & {
  /** What commands call it: `send_…`. */
  id: string;
  /** Another for each claim: proves who made it. */
  claimId: string;
  state: SendState;
  /** As a 201, the history or an event named it; `null` until one has. */
  conversationId: string | null;
  messageId: string | null;
  /** `createdAt` of the message, as OnSync gave it; `null` until it is known. */
  sentAt: string | null;
  /** What happened, where it is not_sent or unknown. No text of the message and no key. */
  reason: string | null;
  requestId: string | null;
  /** ISO 8601, by the engine's clock. */
  claimedAt: string;
  updatedAt: string;
  /** How long the claim holds, in milliseconds from when it was made: its request leaves within this time or never. */
  leaseMs: number;
  /** Milliseconds since the claim was made, when this was read: monotonic where the engine can tell. */
  ageMs: number;
};

export type ClaimResult =
  | { granted: true; entry: LedgerEntry }
  /** Somebody has it: see `entry.state`. Nothing changed. */
  | { granted: false; entry: LedgerEntry };

/** How a claim ended. */
export type SendRecord =
  | { state: "sent"; messageId: string; conversationId: string | null; sentAt: string | null; requestId?: string }
  | { state: "not_sent"; reason: string; requestId?: string }
  | { state: "unknown"; reason: string; requestId?: string };

export type SendLedger = {
  /** Whether it outlives the process: then a reference it does not know was never claimed by anybody who shares it. */
  readonly durable: boolean;
  /**
   * Claims a reference for a message, atomically. Granted where there is no entry, where the entry is `not_sent` or
   * expired, and where `replaces` is the `claimId` of an entry that is (or reads) `unknown`.
   *
   * @param leaseMs how long the entry reads `claimed`; past that it reads `unknown`
   * @throws Error where the ledger cannot be asked: nothing may be sent then
   */
  claim(message: LedgerMessage, options: { leaseMs: number; replaces?: string }): Promise<ClaimResult>;
  /**
   * Notes how a send ended. `sent` always counts, whoever says it, and is final. `not_sent` and `unknown` count only with
   * the `claimId` of the claim they belong to, while it is not `sent`.
   *
   * @returns the entry as it is now; `null` where there is none
   */
  record(key: LedgerKey, outcome: SendRecord, claimId?: string): Promise<LedgerEntry | null>;
  find(key: LedgerKey): Promise<LedgerEntry | null>;
  /** By `id`, for commands. */
  get(id: string): Promise<LedgerEntry | null>;
  /** The latest claims first. */
  list(query?: { states?: readonly SendState[]; limit?: number }): Promise<LedgerEntry[]>;

  /** A small fact that processes share (a confirmed conversation id); `null` where there is none or it expired. */
  note(name: string): Promise<string | null>;
  /** @returns `false`: there was one, it was to be written only where there is none, and nothing changed */
  setNote(name: string, value: string, options: NoteOptions): Promise<boolean>;
  /** The values of the notes that were put in a list and have not expired, the latest first. */
  listNotes(list: string, limit?: number): Promise<string[]>;
  /**
   * Counts something against limits in rolling windows, atomically: all of them admit it, or none counts it.
   *
   * @returns `admitted` with a ticket for `release`, or the limit that is used up for the longest, and how long that is
   */
  admit(name: string, limits: readonly { limit: number; windowMs: number }[]): Promise<LedgerAdmission>;
  /** It did not happen after all: it does not count. */
  release(name: string, ticket: string): Promise<void>;

  close(): Promise<void>;
};

export type NoteOptions = {
  ttlMs: number;
  /** Only where there is none: a token that is used once, a decision that is made once. */
  ifAbsent?: boolean;
  /** The list it is put in, by which `listNotes` finds it. */
  list?: string;
};

export type LedgerAdmission =
  | { admitted: true; ticket: string }
  | { admitted: false; limit: number; windowMs: number; waitMs: number };

/**
 * How long an entry is kept after its last change, settled or open, in milliseconds: a replay that comes later looks into
 * the history alone.
 */
export const entryRetentionMs = 30 * 24 * 60 * 60 * 1000;

/** How many entries `list` gives unless it is told. */
export const defaultListLimit = 100;

/** Why a claim reads `unknown` once its lease is over. */
export const abandonedReason = "whoever was sending it ended without saying how it went";

/** What an entry reads, all engines alike: a claim whose lease is over is `unknown`. */
export function toLedgerEntry(stored: Omit<LedgerEntry, "state"> & { recorded: SendState }): LedgerEntry {
  const { recorded, ...entry } = stored;
  const abandoned = recorded === "claimed" && entry.ageMs >= entry.leaseMs;
  const state = abandoned ? "unknown" : recorded;
  return { ...entry, state, reason: state === "unknown" ? (entry.reason ?? abandonedReason) : entry.reason };
}

type Limit = { limit: number; windowMs: number };

const dayMs = 24 * 60 * 60 * 1000;

/**
 * How long what was admitted is remembered, in milliseconds: whoever counts in short windows must not forget what another
 * still counts for a day.
 */
export function calculateAdmissionRetentionMs(limits: readonly Limit[]): number {
  return Math.max(dayMs, ...limits.map(({ windowMs }) => Math.round(windowMs)));
}

/**
 * @param ages milliseconds since each admission
 * @returns the limit that is used up for the longest, and how long that is; `undefined`: there is room in all
 */
export function findUsedUpLimit(
  ages: readonly number[],
  limits: readonly Limit[],
): (Limit & { waitMs: number }) | undefined {
  const youngestFirst = ages.toSorted((one, other) => one - other);
  return limits
    .filter(({ limit, windowMs }) => youngestFirst.filter((age) => age < windowMs).length >= limit)
    .map(({ limit, windowMs }) => {
      // The one that must leave the window before there is room again.
      const leaves = youngestFirst[limit - 1] ?? 0;
      return { limit, windowMs, waitMs: windowMs - leaves };
    })
    .sort((one, other) => other.waitMs - one.waitMs)[0];
}

/** Whether a claim is granted over an entry that is there. */
export function canClaim({ state, claimId }: LedgerEntry, replaces: string | undefined): boolean {
  return state === "not_sent" || (state === "unknown" && claimId === replaces);
}
