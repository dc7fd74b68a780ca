/** An export at work: which contacts and conversations there are, then the history of each, into a target. */
import { type Clock, systemClock } from "../../client/clock.ts";
import { isOnSyncError, type OnSync } from "../../client/index.ts";
import { type Budget, maxConcurrency } from "../budget/budget.ts";
import { createPacedCalls } from "../budget/paced-calls.ts";
import { type Backfill, listCheckpoints, readCheckpoint } from "./backfill.ts";
import { type ConversationCheckpoint, nameCheckpoints, needsWalk } from "./checkpoints.ts";
import { Committer } from "./committer.ts";
import { createCompleteness, type Unknown } from "./completeness.ts";
import { type KnownId, listContacts, listConversations, noteKnownIds, readNamedContacts } from "./discover.ts";
import { readConversation } from "./history.ts";
import type { ExportRow, TableName } from "./records.ts";
import { checkSource } from "./source.ts";
import type { ExportTarget } from "./targets/target.ts";

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
  /** Known from elsewhere, such as the log of events. */
  knownIds?: Iterable<KnownId> | AsyncIterable<KnownId> | undefined;
  redact?: ((table: TableName, row: ExportRow) => ExportRow) | undefined;
  onProgress?: ((progress: ExportProgress) => void) | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  outageMs?: number | undefined;
  /** Stops it: what was read is in the target, and the next export goes on from there. */
  signal?: AbortSignal | undefined;
};

/** @throws MovementStopped where OnSync refuses all of it, ColumnTypeError, and whatever the target throws */
export async function runExport(options: ExportOptions): Promise<ExportResult> {
  return new ExportRun(options).run();
}

class ExportRun {
  readonly #options: ExportOptions;
  readonly #stopping = new AbortController();
  readonly #backfill: Backfill;
  readonly #completeness = createCompleteness();
  #requests = 0;
  #todo: { conversations: number; walked: number; pages: number } | null = null;

  constructor(options: ExportOptions) {
    this.#options = options;
    const { target, clock = systemClock, tables, contact, redact } = options;
    const signal = options.signal ? AbortSignal.any([options.signal, this.#stopping.signal]) : this.#stopping.signal;
    this.#backfill = {
      ...{ target, clock, contact, redact, signal, run: 0 },
      calls: createPacedCalls({ ...options, signal }),
      onRequest: () => {
        this.#requests += 1;
        this.#tell();
      },
      committer: new Committer(target, clock),
      names: nameCheckpoints(contact),
      tables: new Set(tables),
    };
  }

  async run(): Promise<ExportResult> {
    const { committer } = this.#backfill;
    const isStopped = () => this.#options.signal?.aborted === true;
    try {
      await this.#begin();
      await this.#discover();
      if (this.#backfill.tables.has("messages")) await this.#readConversations();
      await this.#end();
    } catch (error) {
      // What was read before is kept, whatever went wrong after; unless that is the target itself.
      await committer.flush().catch(() => {});
      if (!isStopped()) throw error;
    }
    const { unknown, completeUpTo } = this.#completeness.sum();
    const complete = !isStopped();
    return {
      ...{ rows: committer.written, requests: this.#requests, unknown, complete },
      completeUpTo: complete ? completeUpTo : null,
    };
  }

  /** Goes on with the export that has not come to its end, or begins one. */
  async #begin(): Promise<void> {
    const { onsync, apiKey } = this.#options;
    await checkSource(this.#backfill, onsync, apiKey);
    const { names, committer } = this.#backfill;
    const known = await readCheckpoint<{ number: number; isOver: boolean }>(this.#backfill, names.run);
    const number = known === null ? 1 : known.number + (known.isOver ? 1 : 0);
    this.#backfill.run = number;
    await committer.note(new Map([[names.run, JSON.stringify({ number, isOver: false })]]));
  }

  async #end(): Promise<void> {
    const { names, committer, run, target } = this.#backfill;
    await this.#completeness.examine(this.#backfill);
    await committer.note(new Map([[names.run, JSON.stringify({ number: run, isOver: true })]]));
    await committer.flush();
    await target.finish(await Promise.all(this.#options.tables.map((table) => committer.table(table))));
  }

  async #discover(): Promise<void> {
    const { knownIds = [], contact } = this.#options;
    const backfill = this.#backfill;
    const { tables } = backfill;
    if (contact !== undefined) {
      await noteKnownIds(backfill, [{ contactId: contact }]);
      if (tables.has("conversations")) this.#noteList("conversations", await listConversations(backfill, false));
      return readNamedContacts(backfill);
    }
    await noteKnownIds(backfill, knownIds);
    const contacts = tables.has("contacts") ? await listContacts(backfill, false) : null;
    if (tables.has("contacts")) this.#noteList("contacts", contacts);
    if (tables.has("messages") || tables.has("conversations")) {
      const conversations = await listConversations(backfill, tables.has("contacts") && contacts === null);
      this.#noteList("conversations", conversations);
      // Numbers of contacts stand for conversations, where nothing else names these.
      if (conversations === null && tables.has("messages")) await listContacts(backfill, true);
    }
    await readNamedContacts(backfill);
  }

  #noteList(table: TableName, asOf: string | null): void {
    if (asOf !== null) this.#completeness.noteWhole(asOf);
    else this.#completeness.noteUnknown(`list of ${table}, which this OnSync does not have: those that nobody named`);
  }

  async #readConversations(): Promise<void> {
    const backfill = this.#backfill;
    const { names, run, committer } = backfill;
    const conversations = () => listCheckpoints<ConversationCheckpoint>(backfill, names.conversations);
    this.#todo = { conversations: 0, walked: 0, pages: 0 };
    for await (const { checkpoint } of conversations()) if (needsWalk(checkpoint, run)) this.#todo.conversations += 1;
    this.#tell();
    const underWay = new Set<Promise<void>>();
    let failure: unknown;
    try {
      for await (const { id, checkpoint } of conversations()) {
        if (!needsWalk(checkpoint, run)) continue;
        while (underWay.size >= maxConcurrency) await Promise.race(underWay);
        if (backfill.signal.aborted) break;
        const work = this.#readConversation(id)
          .catch((error) => {
            failure ??= error;
            this.#stopping.abort(error);
          })
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }
    } finally {
      await Promise.all(underWay);
    }
    if (failure !== undefined) throw failure;
    backfill.signal.throwIfAborted();
    await committer.flush();
  }

  async #readConversation(id: string): Promise<void> {
    try {
      const pages = await readConversation(this.#backfill, id);
      if (this.#todo) this.#todo.pages += Math.max(1, pages);
    } catch (error) {
      // One that cannot be read holds up no other; the next export tries again.
      if (!isOnSyncError(error)) throw error;
    }
    if (this.#todo) this.#todo.walked += 1;
    this.#tell();
  }

  #tell(): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    onProgress({ rows: this.#backfill.committer.written, requests: this.#requests, left: this.#countLeft() });
  }

  #countLeft(): ExportProgress["left"] {
    if (this.#todo === null) return null;
    const { conversations, walked, pages } = this.#todo;
    const left = conversations - walked;
    return { conversations: left, requests: Math.round(left * (walked === 0 ? 1 : pages / walked)) };
  }
}
