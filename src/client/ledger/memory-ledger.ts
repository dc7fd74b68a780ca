/** The send ledger of one process, in memory: what a client has unless it is given another. */
import { type Clock, monotonicNow, systemClock } from "../clock.ts";
import {
  calculateAdmissionRetentionMs,
  canClaim,
  defaultListLimit,
  entryRetentionMs,
  findUsedUpLimit,
  type LedgerEntry,
  type LedgerKey,
  type SendLedger,
  type SendRecord,
  type SendState,
  sendStates,
  toLedgerEntry,
} from "./ledger.ts";

export type MemoryLedgerOptions = {
  clock?: Clock | undefined;
  /** Entries and notes kept at most, each. Default 10,000: past that the oldest settled ones are forgotten. */
  capacity?: number | undefined;
};

type Kept = Omit<LedgerEntry, "ageMs" | "state"> & {
  recorded: SendState;
  claimedAtMonotonic: number;
  updatedAtMonotonic: number;
};

const defaultCapacity = 10_000;

export function createMemoryLedger({
  clock = systemClock,
  capacity = defaultCapacity,
}: MemoryLedgerOptions = {}): SendLedger {
  // In the order of their claims: the oldest first.
  const entries = new Map<string, Kept>();
  const notes = new Map<string, { value: string; expiresAt: number }>();
  const admissions = new Map<string, { ticket: string; at: number }[]>();
  let made = 0;

  const nameOf = ({ scope, reference }: LedgerKey): string => JSON.stringify([scope, reference]);
  const hasExpired = (kept: Kept): boolean => monotonicNow(clock) - kept.updatedAtMonotonic >= entryRetentionMs;

  const read = (kept: Kept): LedgerEntry => {
    const { claimedAtMonotonic, updatedAtMonotonic: _updatedAt, ...entry } = kept;
    return toLedgerEntry({ ...entry, ageMs: monotonicNow(clock) - claimedAtMonotonic });
  };

  const current = (name: string): Kept | undefined => {
    const kept = entries.get(name);
    return kept && !hasExpired(kept) ? kept : undefined;
  };

  const isForgettable = (kept: Kept): boolean => ["sent", "not_sent"].includes(kept.recorded);

  const makeRoom = (): void => {
    for (const [name, kept] of entries) {
      if (!hasExpired(kept)) break;
      entries.delete(name);
    }
    if (entries.size < capacity) return;
    for (const [name, kept] of entries) {
      if (!isForgettable(kept) && !hasExpired(kept)) continue;
      entries.delete(name);
      return;
    }
    throw new Error(
      `the send ledger in memory is full: ${capacity} sends are open; give the client a ledger in a file or in Redis`,
    );
  };

  const id = (kind: string): string => `${kind}_${(++made).toString(36)}${crypto.randomUUID().replaceAll("-", "")}`;

  return {
    durable: false,

    async claim(message, { leaseMs, replaces }) {
      const name = nameOf(message);
      const earlier = current(name);
      if (earlier && !canClaim(read(earlier), replaces)) return { granted: false, entry: read(earlier) };
      entries.delete(name);
      makeRoom();
      const now = new Date(clock.now()).toISOString();
      const monotonic = monotonicNow(clock);
      const { scope, reference, fingerprint, platform, to, messageType } = message;
      const kept: Kept = {
        ...{ scope, reference, fingerprint, platform, to, messageType },
        id: earlier?.id ?? id("send"),
        claimId: id("claim"),
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
      entries.set(name, kept);
      return { granted: true, entry: read(kept) };
    },

    async record(key, outcome, claimId) {
      const kept = current(nameOf(key));
      if (!kept) return null;
      const counts = outcome.state === "sent" || (kept.recorded !== "sent" && kept.claimId === claimId);
      if (counts && kept.recorded !== "sent") {
        const updatedAt = new Date(clock.now()).toISOString();
        Object.assign(kept, recorded(outcome), { updatedAt, updatedAtMonotonic: monotonicNow(clock) });
      }
      return read(kept);
    },

    async find(key) {
      const kept = current(nameOf(key));
      return kept ? read(kept) : null;
    },

    async get(wanted) {
      const kept = [...entries.values()].find((each) => each.id === wanted && !hasExpired(each));
      return kept ? read(kept) : null;
    },

    async list({ states = sendStates, limit = defaultListLimit } = {}) {
      const alive = [...entries.values()].reverse().filter((kept) => !hasExpired(kept));
      return alive
        .map(read)
        .filter(({ state }) => states.includes(state))
        .slice(0, limit);
    },

    async note(name) {
      const note = notes.get(name);
      return note && note.expiresAt > monotonicNow(clock) ? note.value : null;
    },

    async setNote(name, value, { ttlMs, ifAbsent = false }) {
      const now = monotonicNow(clock);
      for (const [other, { expiresAt }] of notes) if (expiresAt <= now) notes.delete(other);
      if (ifAbsent && notes.has(name)) return false;
      if (notes.size >= capacity) throw new Error(`the send ledger in memory is full: it keeps ${capacity} notes`);
      notes.set(name, { value, expiresAt: now + ttlMs });
      return true;
    },

    async admit(name, limits) {
      const now = monotonicNow(clock);
      const keepMs = calculateAdmissionRetentionMs(limits);
      const counted = (admissions.get(name) ?? []).filter(({ at }) => now - at < keepMs);
      admissions.set(name, counted);
      const ages = counted.map(({ at }) => now - at);
      const usedUp = findUsedUpLimit(ages, limits);
      if (usedUp) return { admitted: false, ...usedUp };
      const ticket = id("ticket");
      counted.push({ ticket, at: now });
      return { admitted: true, ticket };
    },

    async release(name, ticket) {
      const counted = admissions.get(name) ?? [];
      admissions.set(
        name,
        counted.filter((each) => each.ticket !== ticket),
      );
    },

    async close() {},
  };
}

function recorded(outcome: SendRecord): Partial<Kept> {
  const { state, requestId = null } = outcome;
  if (outcome.state !== "sent") return { recorded: state, reason: outcome.reason, requestId };
  const { messageId, conversationId, sentAt } = outcome;
  return { recorded: state, reason: null, requestId, messageId, conversationId, sentAt };
}
