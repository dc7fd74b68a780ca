/**
 * Entries of the send ledger in Zapier's cache, which can do one thing atomically: set what is not there yet (`nx`). So a
 * reference has an entry for each claim, numbered from 1, and a claim is the `nx` of the next number: of two that
 * replace the same entry at once, one is granted. The latest number counts; those before it were replaced.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  type ClaimResult,
  canClaim,
  type LedgerEntry,
  type LedgerKey,
  type LedgerMessage,
  type SendRecord,
  type SendState,
  toLedgerEntry,
} from "../../src/client/ledger/ledger.ts";
import type { ScopedCache } from "../connection/cache.ts";

/** How long an entry is remembered after its last change, in seconds: a week. Later ones look into the history alone. */
export const entryMemorySeconds = 7 * 24 * 60 * 60;

/**
 * How far the clocks of two of Zapier's machines may differ, in milliseconds. Each is kept in time to well under a second;
 * a claim is held for this much longer, so that nobody takes over what another may still be sending.
 */
export const clockMarginMs = 10_000;

type StoredEntry = Omit<LedgerEntry, "ageMs" | "state"> & { recorded: SendState };
type Numbered = { number: number; entry: StoredEntry };

export function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function toName({ scope, reference }: LedgerKey): string {
  return `send:${hash([scope, reference])}`;
}

/** The fields that an outcome changes. */
function applyOutcome(entry: StoredEntry, outcome: SendRecord, updatedAt: string): StoredEntry {
  const { state: recorded, requestId = null } = outcome;
  if (outcome.state !== "sent") return { ...entry, recorded, reason: outcome.reason, requestId, updatedAt };
  const { messageId, conversationId, sentAt } = outcome;
  return { ...entry, recorded, reason: null, requestId, messageId, conversationId, sentAt, updatedAt };
}

export class CacheEntries {
  readonly #cache: ScopedCache;
  readonly #now: () => number;
  /** The claims made here: nobody else changes such an entry while its claim holds. */
  readonly #own = new Map<string, Numbered>();

  /** @param now milliseconds since 1970 */
  constructor(cache: ScopedCache, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  async claim(
    message: LedgerMessage,
    { leaseMs, replaces }: { leaseMs: number; replaces?: string | undefined },
  ): Promise<ClaimResult> {
    const name = toName(message);
    const entry = this.#createEntry(message, leaseMs + clockMarginMs);
    if (await this.#add(name, 1, entry)) return this.#grant(name, { number: 1, entry });
    const latest = await this.#findLatest(name);
    if (latest === null) throw new Error("the entry was forgotten while it was asked for");
    if (latest.entry.claimId === entry.claimId) return this.#grant(name, latest);
    const earlier = this.#read(latest.entry);
    if (!canClaim(earlier, replaces)) return { granted: false, entry: earlier };
    const next = { number: latest.number + 1, entry: { ...entry, id: earlier.id } };
    if (await this.#add(name, next.number, next.entry)) return this.#grant(name, next);
    const first = await this.#get(name, next.number);
    if (first === null) throw new Error("the entry was forgotten while it was asked for");
    return first.claimId === entry.claimId ? this.#grant(name, next) : { granted: false, entry: this.#read(first) };
  }

  async record(key: LedgerKey, outcome: SendRecord, claimId: string | undefined): Promise<LedgerEntry | null> {
    const name = toName(key);
    const own = this.#own.get(name);
    const isHeld = own !== undefined && own.entry.claimId === claimId && this.#read(own.entry).state !== "unknown";
    const latest = isHeld ? own : await this.#findLatest(name);
    if (latest === null) return null;
    const counts = outcome.state === "sent" || latest.entry.claimId === claimId;
    if (!counts || latest.entry.recorded === "sent") return this.#read(latest.entry);
    const entry = applyOutcome(latest.entry, outcome, new Date(this.#now()).toISOString());
    await this.#cache.set(`${name}:${latest.number}`, entry, entryMemorySeconds);
    if (isHeld) this.#own.set(name, { ...own, entry });
    return this.#read(entry);
  }

  async find(key: LedgerKey): Promise<LedgerEntry | null> {
    const latest = await this.#findLatest(toName(key));
    return latest === null ? null : this.#read(latest.entry);
  }

  #createEntry({ scope, reference, fingerprint, platform, to, messageType }: LedgerMessage, leaseMs: number) {
    const now = new Date(this.#now()).toISOString();
    return {
      ...{ scope, reference, fingerprint, platform, to, messageType, leaseMs },
      id: `send_${randomUUID()}`,
      claimId: `claim_${randomUUID()}`,
      recorded: "claimed" as const,
      ...{ conversationId: null, messageId: null, sentAt: null, reason: null, requestId: null },
      claimedAt: now,
      updatedAt: now,
    };
  }

  #read(stored: StoredEntry): LedgerEntry {
    return toLedgerEntry({ ...stored, ageMs: Math.max(0, this.#now() - Date.parse(stored.claimedAt)) });
  }

  async #grant(name: string, granted: Numbered): Promise<ClaimResult> {
    this.#own.set(name, granted);
    // Where the search for the latest begins; it finds it without this, only later.
    if (granted.number > 1)
      await this.#cache.set(`${name}:latest`, granted.number, entryMemorySeconds).catch(() => undefined);
    return { granted: true, entry: this.#read(granted.entry) };
  }

  async #get(name: string, number: number): Promise<StoredEntry | null> {
    return ((await this.#cache.get(`${name}:${number}`)) ?? null) as StoredEntry | null;
  }

  /** Whether it was added. A platform that asked twice on the way is told no by its own first: see `claim`. */
  async #add(name: string, number: number, entry: StoredEntry): Promise<boolean> {
    return (await this.#cache.set(`${name}:${number}`, entry, entryMemorySeconds, true)) === true;
  }

  async #findLatest(name: string): Promise<Numbered | null> {
    const known: unknown = await this.#cache.get(`${name}:latest`);
    let number = typeof known === "number" ? known : 1;
    let entry = await this.#get(name, number);
    if (entry === null) return null;
    // Only what is over can have been replaced.
    while (["not_sent", "unknown"].includes(this.#read(entry).state)) {
      const next = await this.#get(name, number + 1);
      if (next === null) break;
      number += 1;
      entry = next;
    }
    return { number, entry };
  }
}
