/** An export at work: which contacts and conversations there are, then the history of each, into a target. */
import { systemClock } from "../../client/clock.ts";
import { createPacedCalls } from "../budget/paced-calls.ts";
import { type Backfill, readCheckpoint, settlingMs } from "./backfill.ts";
import { type ListCheckpoint, nameCheckpoints } from "./checkpoints.ts";
import { Committer } from "./committer.ts";
import { createCompleteness } from "./completeness.ts";
import { listContacts, listConversations, noteKnownIds, readNamedContacts } from "./discover.ts";
import { ChangeFeeds } from "./feed/change-feeds.ts";
import { findOrg } from "./feed/org.ts";
import type { ExportOptions, ExportProgress, ExportResult } from "./options.ts";
import type { TableName } from "./records.ts";
import { createRedaction } from "./redact.ts";
import { checkSource } from "./source.ts";
import { type Verified, verifyExport } from "./verify.ts";
import { type WalkProgress, walkConversations } from "./walk-conversations.ts";

/** `isFed`: the feeds were read from before it began. */
type RunCheckpoint = { number: number; isOver: boolean; isFed?: boolean };

/** @throws MovementStopped where OnSync refuses all of it, ColumnTypeError, and whatever the target throws */
export async function runExport(options: ExportOptions): Promise<ExportResult> {
  return new ExportRun(options).run();
}

class ExportRun {
  readonly #options: ExportOptions;
  readonly #stopping = new AbortController();
  readonly #backfill: Backfill;
  #completeness = createCompleteness();
  /** When what a list said was so; `null`: there is no such list. */
  readonly #lists = new Map<TableName, string | null>();
  #feeds: ChangeFeeds | null = null;
  /** Whether all that changed since the export before is known by the feeds. */
  #isFed = false;
  /** Whether it has come to its end, and at most follows. */
  #hasEnded = false;
  #requests = 0;
  #verified: Verified | null = null;
  #todo: WalkProgress | null = null;

  constructor(options: ExportOptions) {
    this.#options = options;
    const { target, clock = systemClock, tables, contact } = options;
    const signal = options.signal ? AbortSignal.any([options.signal, this.#stopping.signal]) : this.#stopping.signal;
    this.#backfill = {
      ...{ target, clock, contact, signal, redact: undefined, run: 0, settledUpTo: Number.MIN_SAFE_INTEGER },
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
      await this.#read();
      if (this.#options.follow && this.#feeds) await this.#follow(this.#feeds);
    } catch (error) {
      // What was read before is kept, whatever went wrong after; unless that is the target itself.
      await committer.flush().catch(() => {});
      if (!isStopped()) throw error;
    }
    return this.#sum();
  }

  #sum(): ExportResult {
    const { unknown, completeUpTo } = this.#completeness.sum();
    const complete = this.#hasEnded || this.#options.signal?.aborted !== true;
    const verified = this.#verified;
    const isTrue = complete && (verified === null || verified.missing + verified.different === 0);
    return {
      ...{ rows: this.#backfill.committer.written, requests: this.#requests, unknown, verified, complete },
      completeUpTo: isTrue ? completeUpTo : null,
    };
  }

  async #begin(): Promise<void> {
    const { onsync, apiKey, events, contact, pollMs, redact = false } = this.#options;
    if (events && contact !== undefined) throw new Error("The event log is of all contacts, and not of one.");
    const { org, secret } = await checkSource(this.#backfill, { onsync, key: apiKey, isRedacted: redact });
    if (redact) this.#backfill.redact = createRedaction(secret);
    if (!events) return;
    const orgOfEvents = org ?? (await findOrg(this.#backfill, events));
    this.#feeds = new ChangeFeeds(this.#backfill, events, orgOfEvents, pollMs);
  }

  /** All that there is: by the feeds alone, where these tell all that changed. */
  async #read(): Promise<void> {
    this.#hasEnded = false;
    await this.#beginRun((await this.#feeds?.catchUp()) === true);
    await this.#discover();
    if (this.#backfill.tables.has("messages")) {
      const stop = (reason: unknown) => this.#stopping.abort(reason);
      await walkConversations(this.#backfill, { stop, onWalk: (todo) => this.#noteWalk(todo) });
    }
    await this.#end();
    await this.#verify();
    this.#hasEnded = true;
  }

  /** Goes on with the export that has not come to its end, or begins one. */
  async #beginRun(isContinuous: boolean): Promise<void> {
    const { names, committer } = this.#backfill;
    this.#isFed = isContinuous && (await this.#feeds?.areJoined()) === true;
    const gap = (await this.#feeds?.reopenCheckpoints()) ?? null;
    if (gap) this.#options.onGap?.(gap);
    const known = await readCheckpoint<RunCheckpoint>(this.#backfill, names.run);
    this.#backfill.run = known?.number ?? 0;
    if (this.#isFed) return;
    const isNew = known?.isOver !== false;
    this.#backfill.run += isNew ? 1 : 0;
    // Of one that began without a feed, nobody knows what changed behind it.
    const isFed = this.#feeds !== null && (isNew || known.isFed === true);
    const begun: RunCheckpoint = { number: this.#backfill.run, isOver: false, isFed };
    await committer.note(new Map([[names.run, JSON.stringify(begun)]]));
  }

  async #end(): Promise<void> {
    const { names, committer } = this.#backfill;
    await this.#feeds?.catchUp();
    const known = await readCheckpoint<RunCheckpoint>(this.#backfill, names.run);
    const changes = new Map([[names.run, JSON.stringify({ ...known, isOver: true })]]);
    await committer.note(new Map([...changes, ...((await this.#feeds?.join(known?.isFed === true)) ?? [])]));
    await this.#finish();
  }

  async #verify(): Promise<void> {
    const { verify } = this.#options;
    if (verify === undefined) return;
    this.#verified = await verifyExport(this.#backfill, verify, this.#completeness.sum().completeUpTo);
    await this.#finish();
  }

  async #finish(): Promise<void> {
    const { committer, target } = this.#backfill;
    await committer.flush();
    await this.#examine();
    await target.finish(await Promise.all(this.#options.tables.map((table) => committer.table(table))));
  }

  async #follow(feeds: ChangeFeeds): Promise<void> {
    const { onTrouble, onFollow } = this.#options;
    onFollow?.();
    const onGap = () => this.#read();
    await feeds.follow({ onReading: () => this.#tell(), onGap, onRest: () => this.#finish(), onTrouble });
    await this.#finish();
  }

  async #discover(): Promise<void> {
    const { knownIds = [], contact } = this.#options;
    const backfill = this.#backfill;
    const { tables } = backfill;
    if (this.#isFed) return this.#recallLists();
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
      const hasContacts = !tables.has("contacts") || contacts !== null;
      if (conversations === null && tables.has("messages") && hasContacts) await listContacts(backfill, true);
    }
    await readNamedContacts(backfill);
  }

  #noteList(table: TableName, asOf: string | null): void {
    if (asOf === null) return void this.#lists.set(table, null);
    const settled = Date.parse(asOf) - settlingMs;
    this.#lists.set(table, new Date(settled).toISOString());
    if (table === "conversations") this.#backfill.settledUpTo = settled;
  }

  /** As an export before left them: what came since came by the feeds. */
  async #recallLists(): Promise<void> {
    const { tables, names } = this.#backfill;
    const needed = new Set([...tables].map((table) => (table === "contacts" ? "contacts" : "conversations")));
    for (const table of needed) {
      const list = await readCheckpoint<ListCheckpoint>(this.#backfill, names.list(table));
      this.#noteList(table, list?.wholeAsOf ?? null);
    }
  }

  async #examine(): Promise<void> {
    this.#completeness = createCompleteness();
    const fedAsOf = (await this.#feeds?.findAsOf()) ?? Number.NEGATIVE_INFINITY;
    for (const [table, asOf] of this.#lists) {
      if (asOf === null)
        this.#completeness.noteUnknown(`list of ${table}, which this OnSync does not have: those that nobody named`);
      else this.#completeness.noteWhole(new Date(Math.max(Date.parse(asOf), fedAsOf)).toISOString());
    }
    if (this.#feeds && this.#feeds.unknown > 0) this.#completeness.noteUnknown("events of records without an id");
    const isListed = typeof this.#lists.get("conversations") === "string";
    await this.#completeness.examine(this.#backfill, { isListed, fedAsOf });
  }

  #noteWalk(todo: WalkProgress): void {
    this.#todo = todo;
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
