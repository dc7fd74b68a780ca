/**
 * A send ledger of our own, written from what `src/client/ledger/ledger.ts` says alone: the client's laws must not hold only
 * because its own engine is lenient. It stands for a store that outlives every process.
 */
import type { ClaimResult, LedgerEntry, LedgerKey, SendLedger } from "../../src/client/ledger/ledger.ts";
import type { MachineClock } from "./machine-clock.ts";
import type { Random } from "./random.ts";

const keepMs = 30 * 24 * 3_600_000;

type Row = { entry: LedgerEntry; claimedMs: number; leaseMs: number };

function nameOf(key: LedgerKey): string {
  return JSON.stringify([key.scope, key.reference]);
}

export class PlainLedger implements SendLedger {
  readonly durable = true;
  readonly #clock: MachineClock;
  readonly #random: Random;
  readonly #rows = new Map<string, Row>();
  readonly #notes = new Map<string, { value: string; until: number; list: string | undefined }>();
  readonly #admitted = new Map<string, { ticket: string; at: number }[]>();
  #claims = 0;

  constructor(clock: MachineClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  async claim(...[message, { leaseMs, replaces }]: Parameters<SendLedger["claim"]>): Promise<ClaimResult> {
    const present = this.#read(this.#rows.get(nameOf(message)));
    const isFree =
      present === null ||
      present.state === "not_sent" ||
      (present.state === "unknown" && replaces !== undefined && replaces === present.claimId);
    if (!isFree) return { granted: false, entry: present };
    this.#claims += 1;
    const { scope, reference, fingerprint, platform, to, messageType } = message;
    const entry: LedgerEntry = {
      ...{ scope, reference, fingerprint, platform, to, messageType },
      id: present?.id ?? `send_${this.#claims}`,
      claimId: this.#random.uuid(),
      state: "claimed",
      conversationId: null,
      messageId: null,
      sentAt: null,
      reason: null,
      requestId: null,
      claimedAt: this.#now(),
      updatedAt: this.#now(),
      leaseMs,
      ageMs: 0,
    };
    this.#rows.set(nameOf(message), { entry, claimedMs: this.#clock.monotonic(), leaseMs });
    return { granted: true, entry: { ...entry } };
  }

  async record(...[key, outcome, claimId]: Parameters<SendLedger["record"]>): Promise<LedgerEntry | null> {
    const row = this.#rows.get(nameOf(key));
    if (row === undefined) return null;
    const isMine = claimId !== undefined && claimId === row.entry.claimId;
    if (row.entry.state !== "sent" && (outcome.state === "sent" || isMine)) {
      const { requestId = null, ...recorded } = outcome;
      const reason = outcome.state === "sent" ? null : outcome.reason;
      row.entry = { ...row.entry, ...recorded, reason, requestId, updatedAt: this.#now() };
    }
    return this.#read(row);
  }

  async find(key: LedgerKey): Promise<LedgerEntry | null> {
    return this.#read(this.#rows.get(nameOf(key)));
  }

  async get(id: string): Promise<LedgerEntry | null> {
    return this.#read([...this.#rows.values()].find((row) => row.entry.id === id));
  }

  async list(query?: Parameters<SendLedger["list"]>[0]): Promise<LedgerEntry[]> {
    return [...this.#rows.values()]
      .map((row) => this.#read(row))
      .filter((entry) => entry !== null && (query?.states?.includes(entry.state) ?? true))
      .slice(0, query?.limit) as LedgerEntry[];
  }

  async note(name: string): Promise<string | null> {
    const found = this.#notes.get(name);
    return found !== undefined && found.until > this.#clock.monotonic() ? found.value : null;
  }

  async setNote(...[name, value, { ttlMs, ifAbsent, list }]: Parameters<SendLedger["setNote"]>): Promise<boolean> {
    if (ifAbsent && (await this.note(name)) !== null) return false;
    this.#notes.delete(name);
    this.#notes.set(name, { value, until: this.#clock.monotonic() + ttlMs, list });
    return true;
  }

  async listNotes(list: string, limit?: number): Promise<string[]> {
    return [...this.#notes.values()]
      .filter((note) => note.list === list && note.until > this.#clock.monotonic())
      .map((note) => note.value)
      .reverse()
      .slice(0, limit);
  }

  async admit(...[name, limits]: Parameters<SendLedger["admit"]>): ReturnType<SendLedger["admit"]> {
    const list = this.#admitted.get(name) ?? [];
    for (const { limit, windowMs } of limits) {
      const inWindow = list.filter(({ at }) => at > this.#clock.monotonic() - windowMs);
      if (inWindow.length >= limit) return { admitted: false, limit, windowMs, waitMs: windowMs };
    }
    const ticket = this.#random.uuid();
    this.#admitted.set(name, [...list, { ticket, at: this.#clock.monotonic() }]);
    return { admitted: true, ticket };
  }

  async release(name: string, ticket: string): Promise<void> {
    const list = this.#admitted.get(name) ?? [];
    this.#admitted.set(
      name,
      list.filter((one) => one.ticket !== ticket),
    );
  }

  async close(): Promise<void> {}

  /** As it reads by now: a claim that has run out is unknown, and what is old is gone. */
  #read(row: Row | undefined): LedgerEntry | null {
    if (row === undefined) return null;
    const ageMs = this.#clock.monotonic() - row.claimedMs;
    const { state } = row.entry;
    if (ageMs > keepMs) return null;
    return { ...row.entry, ageMs, state: state === "claimed" && ageMs >= row.leaseMs ? "unknown" : state };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
