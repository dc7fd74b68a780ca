/**
 * Keeps a CRM and the inbox the same: reads both, decides field by field, writes, and looks again until nothing is left. What it
 * did is noted as it does it, so that it can be ended anywhere and gone on with.
 */
import { systemClock } from "../../client/clock.ts";
import { type Clock, isOnSyncError, type OnSync } from "../../client/index.ts";
import { type Budget, maxConcurrency } from "../budget/budget.ts";
import { createPacedCalls } from "../budget/paced-calls.ts";
import { readCountry } from "../contacts/read-contact.ts";
import { FileError } from "../rows/row.ts";
import type { CrmStore } from "./crm/crm.ts";
import type { Context } from "./evaluate.ts";
import type { SyncField } from "./fields.ts";
import { type ContactEvents, contactsPerPage, Inbox } from "./inbox.ts";
import { type Look, lookAtBoth, nameRow } from "./look.ts";
import type { SyncConflict } from "./match.ts";
import type { SyncCounts, SyncPlan, SyncResult } from "./result.ts";
import type { SyncState } from "./state.ts";
import { type CrmTarget, writeCrm } from "./write-crm.ts";
import { createContact, type Outcome, updateContact } from "./write-inbox.ts";

export type SyncOptions = {
  /** Where the CRM's records are read; `null`: nothing of them goes to the inbox. */
  from: CrmStore | null;
  /** Where the inbox's changes go; `null`: they go nowhere. The same object as `from` where it is the same place. */
  to: CrmStore | null;
  /** Of `from`, or of `to` where that is the only one. */
  fields: readonly SyncField[];
  /** The same fields in `to`, where that is another place. */
  toFields?: readonly SyncField[] | undefined;
  /** Two letters, of whose numbers those without a country code are. */
  country?: string | undefined;
  state: SyncState;
  budget: Budget;
  /** Made with `maxAttempts: 1`: the sync repeats by itself what may be repeated, and counts it. */
  onsync: OnSync;
  /** The receiver's store: then the inbox's changes are known at no request. */
  events?: ContactEvents | undefined;
  onProgress?: ((progress: SyncCounts) => void) | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  outageMs?: number | undefined;
  /** Stops it: what is under way comes to its end, and the next sync goes on from there. */
  signal?: AbortSignal | undefined;
};

/** How long is written to the inbox before the CRM is read again, in milliseconds: what was changed there counts. */
const passMs = 5 * 60_000;
/** How often in a row the CRM may be changed just as it is written. */
const maxCollisions = 20;
/** How often one contact may be another than it was thought to be. */
const maxLooks = 5;

export class Sync {
  readonly #options: SyncOptions;
  readonly #place: CrmStore;
  readonly #base: Omit<Context, "findLine" | "isGone">;
  readonly #inbox: Inbox;
  readonly #calls;
  readonly #clock: Clock;
  readonly #counts: SyncCounts = { rows: 0, created: 0, updated: 0, changed: 0, added: 0, requests: 0 };
  readonly #refused = new Map<string, SyncConflict>();
  /** How often one was not as it was thought to be. */
  readonly #looks = new Map<string, number>();
  #hasEvents = false;

  constructor(options: SyncOptions) {
    const { from, to, state, fields, toFields, country, clock = systemClock } = options;
    this.#options = options;
    const place = from ?? to;
    if (!place) throw new Error("a sync has a place to read from, or to write to");
    const missing = toFields ? fields.find(({ name }) => !toFields.some((each) => each.name === name)) : undefined;
    if (missing)
      throw new FileError(`${to?.name} has no column that is ${missing.name}: add one, or leave it out with --map.`);
    this.#place = place;
    this.#clock = clock;
    const home = country === undefined ? undefined : readCountry(country);
    this.#base = { state, fields, home, toInbox: from !== null, toCrm: to !== null };
    this.#calls = createPacedCalls(options);
    this.#inbox = new Inbox({ ...options, calls: this.#calls, onAttempt: this.#countRequest });
  }

  #countRequest = (): void => {
    this.#counts.requests += 1;
  };

  /** Without a request: what the events tell is known, and else what was seen last. */
  async plan(): Promise<SyncPlan> {
    const { budget, state } = this.#options;
    this.#hasEvents = await this.#inbox.readEvents();
    const { snapshot, creations, updates, readings, edits, inserts, conflicts } = await this.#look();
    const { mode } = this.#inbox;
    const known = [...state.records()].filter(({ gone }) => !gone).length;
    const pages = Math.max(1, Math.ceil(known / contactsPerPage));
    const reading = this.#hasEvents ? readings.length : mode === "one by one" ? known : pages;
    const requests = reading + creations.length * (mode === "one by one" ? 2 : 1) + updates.length;
    return {
      rows: snapshot.rows.length,
      new: creations.length,
      changed: updates.length,
      toCrm: this.#hasEvents ? edits.length + inserts.length : null,
      conflicts,
      reading: { how: mode, requests: reading },
      requests,
      finishesAt: new Date(await budget.estimate(requests)).toISOString(),
    };
  }

  /** @throws FileError where the CRM cannot be read or written, MovementStopped where OnSync refuses all of it */
  async run(): Promise<SyncResult> {
    const { signal, state } = this.#options;
    try {
      if (!this.#hasEvents && !(await this.#inbox.readEvents())) await this.#inbox.readAll();
      for (let collisions = 0; ; ) {
        signal?.throwIfAborted();
        const look = await this.#look();
        this.#counts.rows = look.snapshot.rows.length;
        const isWritten = await this.#writeCrm(look);
        collisions = isWritten === null ? collisions + 1 : 0;
        if (collisions > maxCollisions) throw createCollisionError(this.#place);
        if (isWritten !== false) continue;
        const work = this.#listWork(look);
        if (work.length === 0) return this.#finish(look, true);
        await this.#work(work);
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
      return this.#finish(await this.#look(), false);
    } finally {
      await state.save();
    }
  }

  async #look(): Promise<Look> {
    return lookAtBoth(this.#base, this.#inbox, this.#refused, await this.#place.read());
  }

  /** @returns whether anything was written; `null`: somebody has changed the CRM meanwhile */
  async #writeCrm({ context, edits, inserts, snapshot }: Look): Promise<boolean | null> {
    const { to, toFields, fields, state } = this.#options;
    if (to === null || edits.length + inserts.length === 0) {
      await state.save();
      return false;
    }
    const target: CrmTarget = { store: to, fields: toFields ?? fields, isSame: to === this.#place };
    const written = await writeCrm(context, target, snapshot, { edits, inserts });
    if (written === null) return null;
    this.#counts.changed += written.changed;
    this.#counts.added += written.added;
    for (const [contactId, problem] of written.refused)
      this.#refuse(contactId, contactId, `the CRM did not take it: ${problem}`);
    this.#options.onProgress?.({ ...this.#counts });
    return true;
  }

  #listWork({ context, creations, updates, readings }: Look): (() => Promise<unknown>)[] {
    const options = { calls: this.#calls, inbox: this.#inbox, onAttempt: this.#countRequest, context };
    return [
      ...readings.map((id) => () => this.#take(id, id, this.#inbox.get(id))),
      ...updates.map(
        ({ row, record, decide }) =>
          () =>
            this.#take(record.id, record.id, updateContact(options, row, record, decide)),
      ),
      ...creations.map((row) => () => this.#take(nameRow(row), null, createContact(options, row))),
    ];
  }

  /** As much as fits before the CRM is read again. */
  async #work(work: (() => Promise<unknown>)[]): Promise<void> {
    const until = this.#clock.now() + passMs;
    const next = async (): Promise<void> => {
      for (let each = work.shift(); each; each = work.shift()) {
        this.#options.signal?.throwIfAborted();
        await each();
        this.#options.onProgress?.({ ...this.#counts });
        if (this.#clock.now() >= until) return;
      }
    };
    const workers = await Promise.allSettled(Array.from({ length: maxConcurrency }, next));
    for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  }

  /** What OnSync does not do for one contact keeps none of the others from being done. */
  async #take(name: string, contactId: string | null, work: Promise<Outcome | object | null>): Promise<void> {
    try {
      const outcome = await work;
      if (outcome === null || !("kind" in outcome)) return;
      if (outcome.kind === "created") this.#counts.created += 1;
      else if (outcome.kind === "updated") this.#counts.updated += 1;
      else if (outcome.kind === "refused") this.#refuse(name, contactId, outcome.reason);
      else this.#lookAgain(name, contactId);
    } catch (error) {
      if (!isOnSyncError(error)) throw error;
      this.#refuse(name, contactId, `OnSync did not answer: ${error.message}`);
    }
  }

  #lookAgain(name: string, contactId: string | null): void {
    const looks = (this.#looks.get(name) ?? 0) + 1;
    this.#looks.set(name, looks);
    if (looks > maxLooks) this.#refuse(name, contactId, "it is another whenever it is to be written");
  }

  #refuse(name: string, contactId: string | null, reason: string): void {
    this.#refused.set(name, { line: null, key: null, contactId, field: "", crm: "", inbox: "", reason });
  }

  #finish({ conflicts, rowsGone, contactsGone, unidentified }: Look, complete: boolean): SyncResult {
    const gone = { rowsGone, contactsGone, unidentified };
    return { ...this.#counts, conflicts, ...gone, reading: this.#inbox.mode, complete };
  }
}

function createCollisionError({ name }: CrmStore): FileError {
  return new FileError(`${name} is changed whenever it is to be written: run the command again later.`);
}
