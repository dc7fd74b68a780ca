/**
 * What a movement of data may take of the org's hour. It leaves the rest to live traffic in two ways: no more than its share in
 * any hour, counted together with all who name the same ledger; and no request while OnSync has less left than the others' share.
 */
import { type Clock, systemClock } from "../../client/clock.ts";
import type { RateLimit, SendLedger } from "../../client/index.ts";
import type { Slots } from "./fair-slots.ts";

export const hourMs = 60 * 60 * 1000;
/** Of the org, as docs/onsync-api.txt has it, until OnSync's answers say otherwise. */
export const defaultHourlyLimit = 1_000;
export const defaultShare = 0.6;
/** Requests under way at once, at most. */
export const maxConcurrency = 4;

/** Tickets an hour that the ledger counts at most; with a higher ceiling, one is for several requests. */
const maxTickets = 1_000;
/** How long it is waited without looking again, in milliseconds. */
const maxWaitMs = 60_000;
const limitNoteMs = 30 * 24 * hourMs;
/** What a request takes where nothing holds it up, in milliseconds: for promises alone. */
const expectedRequestMs = 250;

export type BudgetOptions = {
  /** Counts what its users take together. */
  ledger: Pick<SendLedger, "admit" | "release" | "note" | "setNote">;
  /** Whose hour it is: the base URL, or the org. */
  scope: string;
  /** Above 0 and up to 1. Default 0.6. */
  share?: number | undefined;
  clock?: Clock | undefined;
  /** Where requests of several orgs share a number of them that may be under way: each takes one of these as well. */
  slots?: Slots | undefined;
};

export type Budget = {
  /**
   * Waits until a request may be made.
   *
   * @returns to be called with what its answer says is left
   * @throws the signal's reason where it is aborted first
   */
  take(signal?: AbortSignal): Promise<(rateLimit: RateLimit | null) => void>;
  /** Requests an hour: the org's, and those that may be taken of them. */
  hourly(): Promise<{ limit: number; allowed: number }>;
  /** When so many requests will have been made, in milliseconds since 1970, if nobody else takes of the share. */
  estimate(requests: number): Promise<number>;
};

/** What OnSync said last of what is left. */
type Left = { remaining: number; at: number };

/** The figures of the hour. */
type Hour = {
  /** The org's. */
  ceiling: number;
  /** What may be taken of it. */
  allowed: number;
  /** Requests that one ticket is for. */
  unit: number;
  tickets: number;
  /** What live traffic may take at once, and what is under way while it does. */
  reserve: number;
};

export function createBudget(options: BudgetOptions): Budget {
  return new HourlyBudget(options);
}

class HourlyBudget implements Budget {
  readonly #ledger: BudgetOptions["ledger"];
  readonly #scope: string;
  readonly #share: number;
  readonly #clock: Clock;
  readonly #slots: Slots | undefined;
  #limit: number | null = null;
  #left: Left | null = null;
  #underWay = 0;
  /** Requests that the last ticket is still good for. */
  #credit = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ ledger, scope, share = defaultShare, clock = systemClock, slots }: BudgetOptions) {
    this.#ledger = ledger;
    this.#scope = scope;
    this.#share = share;
    this.#clock = clock;
    this.#slots = slots;
  }

  take(signal?: AbortSignal): Promise<(rateLimit: RateLimit | null) => void> {
    const taken = this.#queue.then(async () => {
      const giveBack = await this.#takeTicket(signal);
      this.#underWay += 1;
      return (rateLimit: RateLimit | null) => {
        giveBack();
        this.#learn(rateLimit);
      };
    });
    this.#queue = taken.catch(() => {});
    return taken;
  }

  async hourly(): Promise<{ limit: number; allowed: number }> {
    const { ceiling, allowed } = await this.#readHour();
    return { limit: ceiling, allowed };
  }

  async estimate(requests: number): Promise<number> {
    const now = this.#clock.now();
    if (requests <= 0) return now;
    const { ceiling, tickets, unit, reserve } = await this.#readHour();
    const inWindow = tickets * unit;
    const hours = Math.floor((requests - 1) / inWindow);
    const last = requests - 1 - hours * inWindow;
    // Admitted where so few are used by now that the last request, too, is within the share; else it says when.
    const limit = tickets - Math.floor(last / unit);
    const probe = await this.#ledger.admit(this.#name, [{ limit, windowMs: hourMs }]);
    if (probe.admitted) await this.#ledger.release(this.#name, probe.ticket);
    const forTickets = hours * hourMs + (probe.admitted ? 0 : probe.waitMs);
    const forRoom = Math.max(0, ((requests + reserve - this.#guessLeft(ceiling)) * hourMs) / ceiling);
    return Math.round(now + Math.max(forTickets, forRoom) + ((last + 1) * expectedRequestMs) / maxConcurrency);
  }

  get #name(): string {
    return `requests ${this.#scope}`;
  }

  get #limitNote(): string {
    return `hourly limit ${this.#scope}`;
  }

  async #readHour(): Promise<Hour> {
    this.#limit ??= Number((await this.#ledger.note(this.#limitNote)) ?? defaultHourlyLimit);
    const ceiling = this.#limit;
    const allowed = Math.max(1, Math.floor(ceiling * this.#share));
    const unit = Math.ceil(allowed / maxTickets);
    const reserve = this.#share >= 1 ? 0 : ceiling - allowed + Math.min(maxConcurrency, allowed - 1);
    return { ceiling, allowed, unit, tickets: Math.floor(allowed / unit), reserve };
  }

  /** What is left now, if nobody else has taken any since. */
  #guessLeft(ceiling: number): number {
    if (this.#left === null) return Number.POSITIVE_INFINITY;
    const { remaining, at } = this.#left;
    return Math.min(ceiling, remaining + ((this.#clock.now() - at) * ceiling) / hourMs);
  }

  async #waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const { ceiling, reserve } = await this.#readHour();
      const missing = reserve + this.#underWay + 1 - this.#guessLeft(ceiling);
      if (missing <= 0) return;
      await this.#clock.sleep(Math.min(maxWaitMs, Math.ceil((missing * hourMs) / ceiling)), signal);
    }
  }

  /**
   * A ticket counts from when it is taken: nothing is waited for after that. No slot is held while the hour is waited for.
   *
   * @returns gives back the slot
   */
  async #takeTicket(signal: AbortSignal | undefined): Promise<() => void> {
    for (;;) {
      await this.#waitForRoom(signal);
      const giveBack = (await this.#slots?.take(signal)) ?? (() => {});
      const waitMs = await this.#tryTicket().catch((error) => {
        giveBack();
        throw error;
      });
      if (waitMs === 0) return giveBack;
      giveBack();
      await this.#clock.sleep(Math.min(maxWaitMs, waitMs), signal);
    }
  }

  /** @returns how long to wait, in milliseconds; 0: it is taken */
  async #tryTicket(): Promise<number> {
    if (this.#credit === 0) {
      const { tickets, unit } = await this.#readHour();
      const admission = await this.#ledger.admit(this.#name, [{ limit: tickets, windowMs: hourMs }]);
      if (!admission.admitted) return Math.max(1, admission.waitMs);
      this.#credit = unit;
    }
    this.#credit -= 1;
    return 0;
  }

  #learn(rateLimit: RateLimit | null): void {
    this.#underWay -= 1;
    if (rateLimit?.remaining != null) this.#left = { remaining: rateLimit.remaining, at: this.#clock.now() };
    const told = rateLimit?.limit;
    if (told == null || told < 1 || told === this.#limit) return;
    this.#limit = told;
    this.#credit = 0;
    // Plans are made without a request: the next one knows.
    this.#ledger.setNote(this.#limitNote, String(told), { ttlMs: limitNoteMs }).catch(() => {});
  }
}
