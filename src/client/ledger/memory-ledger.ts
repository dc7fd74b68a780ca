/** The send ledger of one process, in memory: what a client has unless it is given another. */
import { type Clock, monotonicNow, systemClock } from "../clock.ts";
import {
  calculateAdmissionRetentionMs,
  defaultListLimit,
  findUsedUpLimit,
  type LedgerAdmission,
  type NoteOptions,
  type SendLedger,
  sendStates,
} from "./ledger.ts";
import { createId, MemoryEntries } from "./memory-entries.ts";

export type MemoryLedgerOptions = {
  clock?: Clock | undefined;
  /** Entries and notes kept at most, each. Default 10,000: past that the oldest settled ones are forgotten. */
  capacity?: number | undefined;
};

const defaultCapacity = 10_000;

class MemoryNotes {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #notes = new Map<string, { value: string; expiresAt: number; list: string | undefined }>();

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get(name: string): string | null {
    const note = this.#notes.get(name);
    return note && note.expiresAt > monotonicNow(this.#clock) ? note.value : null;
  }

  list(list: string, limit: number): string[] {
    const now = monotonicNow(this.#clock);
    return [...this.#notes.values()]
      .filter((note) => note.list === list && note.expiresAt > now)
      .map(({ value }) => value)
      .reverse()
      .slice(0, limit);
  }

  set(name: string, value: string, { ttlMs, ifAbsent = false, list }: NoteOptions): boolean {
    const now = monotonicNow(this.#clock);
    for (const [other, { expiresAt }] of this.#notes) if (expiresAt <= now) this.#notes.delete(other);
    if (ifAbsent && this.#notes.has(name)) return false;
    if (this.#notes.size >= this.#capacity && !this.#notes.has(name))
      throw new Error(`the send ledger in memory is full: it keeps ${this.#capacity} notes`);
    this.#notes.delete(name);
    this.#notes.set(name, { value, expiresAt: now + ttlMs, list });
    return true;
  }
}

class MemoryAdmissions {
  readonly #clock: Clock;
  readonly #admissions = new Map<string, { ticket: string; at: number }[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  admit(name: string, limits: readonly { limit: number; windowMs: number }[]): LedgerAdmission {
    const now = monotonicNow(this.#clock);
    const keepMs = calculateAdmissionRetentionMs(limits);
    const counted = (this.#admissions.get(name) ?? []).filter(({ at }) => now - at < keepMs);
    this.#admissions.set(name, counted);
    const ages = counted.map(({ at }) => now - at);
    const usedUp = findUsedUpLimit(ages, limits);
    if (usedUp) return { admitted: false, ...usedUp };
    const ticket = createId("ticket");
    counted.push({ ticket, at: now });
    return { admitted: true, ticket };
  }

  release(name: string, ticket: string): void {
    const counted = this.#admissions.get(name) ?? [];
    this.#admissions.set(
      name,
      counted.filter((each) => each.ticket !== ticket),
    );
  }
}

export function createMemoryLedger({
  clock = systemClock,
  capacity = defaultCapacity,
}: MemoryLedgerOptions = {}): SendLedger {
  const entries = new MemoryEntries(clock, capacity);
  const notes = new MemoryNotes(clock, capacity);
  const admissions = new MemoryAdmissions(clock);
  return {
    durable: false,
    claim: async (message, options) => entries.claim(message, options),
    record: async (key, outcome, claimId) => entries.record(key, outcome, claimId),
    find: async (key) => entries.find(key),
    get: async (id) => entries.get(id),
    list: async ({ states = sendStates, limit = defaultListLimit } = {}) => entries.list(states, limit),
    note: async (name) => notes.get(name),
    setNote: async (name, value, options) => notes.set(name, value, options),
    listNotes: async (list, limit = defaultListLimit) => notes.list(list, limit),
    admit: async (name, limits) => admissions.admit(name, limits),
    release: async (name, ticket) => admissions.release(name, ticket),
    async close() {},
  };
}
