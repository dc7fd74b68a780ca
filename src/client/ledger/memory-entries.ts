/** The entries of the send ledger in memory: who has claimed a reference, and what became of its message. */
import { type Clock, monotonicNow } from "../clock.ts";
import {
  type ClaimResult,
  canClaim,
  entryRetentionMs,
  type LedgerEntry,
  type LedgerKey,
  type LedgerMessage,
  type SendRecord,
  type SendState,
  toLedgerEntry,
} from "./ledger.ts";

type KeptEntry = Omit<LedgerEntry, "ageMs" | "state"> & {
  recorded: SendState;
  claimedAtMonotonic: number;
  updatedAtMonotonic: number;
};

let idsCreated = 0;

export function createId(kind: "send" | "claim" | "ticket"): string {
  return `${kind}_${(++idsCreated).toString(36)}${crypto.randomUUID().replaceAll("-", "")}`;
}

function toName({ scope, reference }: LedgerKey): string {
  return JSON.stringify([scope, reference]);
}

/** The fields that an outcome changes. */
function toChanges(outcome: SendRecord): Partial<KeptEntry> {
  const { state, requestId = null } = outcome;
  if (outcome.state !== "sent") return { recorded: state, reason: outcome.reason, requestId };
  const { messageId, conversationId, sentAt } = outcome;
  return { recorded: state, reason: null, requestId, messageId, conversationId, sentAt };
}

export class MemoryEntries {
  readonly #clock: Clock;
  readonly #capacity: number;
  /** By name, in the order of their claims: the oldest first. */
  #entries = new Map<string, KeptEntry>();
  #forgotten = 0;

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  claim(
    message: LedgerMessage,
    { leaseMs, replaces }: { leaseMs: number; replaces?: string | undefined },
  ): ClaimResult {
    const name = toName(message);
    const earlier = this.#findKept(name);
    if (earlier && !canClaim(this.#read(earlier), replaces)) return { granted: false, entry: this.#read(earlier) };
    this.#entries.delete(name);
    this.#makeRoom();
    const now = new Date(this.#clock.now()).toISOString();
    const monotonic = monotonicNow(this.#clock);
    const { scope, reference, fingerprint, platform, to, messageType } = message;
    const kept: KeptEntry = {
      ...{ scope, reference, fingerprint, platform, to, messageType },
      id: earlier?.id ?? createId("send"),
      claimId: createId("claim"),
      recorded: "claimed",
      conversationId: null,
      messageId: null,
      sentAt: null,
      reason: null,
      requestId: null,
      claimedAt: now,
      updatedAt: now,
      leaseMs,
      claimedAtMonotonic: monotonic,
      updatedAtMonotonic: monotonic,
    };
    this.#entries.set(name, kept);
    return { granted: true, entry: this.#read(kept) };
  }

  record(key: LedgerKey, outcome: SendRecord, claimId: string | undefined): LedgerEntry | null {
    const kept = this.#findKept(toName(key));
    if (!kept) return null;
    const counts = outcome.state === "sent" || kept.claimId === claimId;
    if (counts && kept.recorded !== "sent") {
      const updatedAt = new Date(this.#clock.now()).toISOString();
      Object.assign(kept, toChanges(outcome), { updatedAt, updatedAtMonotonic: monotonicNow(this.#clock) });
    }
    return this.#read(kept);
  }

  find(key: LedgerKey): LedgerEntry | null {
    const kept = this.#findKept(toName(key));
    return kept ? this.#read(kept) : null;
  }

  get(id: string): LedgerEntry | null {
    const kept = [...this.#entries.values()].find((each) => each.id === id && !this.#hasExpired(each));
    return kept ? this.#read(kept) : null;
  }

  list(states: readonly SendState[], limit: number): LedgerEntry[] {
    const alive = [...this.#entries.values()].reverse().filter((kept) => !this.#hasExpired(kept));
    return alive
      .map((kept) => this.#read(kept))
      .filter(({ state }) => states.includes(state))
      .slice(0, limit);
  }

  #read(kept: KeptEntry): LedgerEntry {
    const { claimedAtMonotonic, updatedAtMonotonic: _updatedAt, ...entry } = kept;
    return toLedgerEntry({ ...entry, ageMs: monotonicNow(this.#clock) - claimedAtMonotonic });
  }

  #hasExpired(kept: KeptEntry): boolean {
    return monotonicNow(this.#clock) - kept.updatedAtMonotonic >= entryRetentionMs;
  }

  #findKept(name: string): KeptEntry | undefined {
    const kept = this.#entries.get(name);
    return kept && !this.#hasExpired(kept) ? kept : undefined;
  }

  /** Forgets the oldest entry that is settled or expired where there is no room. @throws Error where all of them are open */
  #makeRoom(): void {
    if (this.#entries.size < this.#capacity) return;
    for (const [name, kept] of this.#entries) {
      if (!["sent", "not_sent"].includes(kept.recorded) && !this.#hasExpired(kept)) continue;
      this.#entries.delete(name);
      // Whoever looks for a map's first steps over all that was deleted before it; a new map has nothing to step over.
      if (++this.#forgotten % 1_000 === 0) this.#entries = new Map(this.#entries);
      return;
    }
    throw new Error(
      `the send ledger in memory is full: ${this.#capacity} sends are open; give the client a ledger in a file or in Redis`,
    );
  }
}
