/** An import at work: the rows of a plan, one after the other, within the budget, each noted in the journal. */

import type { Clock } from "../../client/clock.ts";
import type { OnSync, OnSyncError } from "../../client/index.ts";
import { type Budget, maxConcurrency } from "../budget/budget.ts";
import { createPacedCalls, MovementStopped } from "../budget/paced-calls.ts";
import { createReader, listIdentifiers, type ReadContact } from "../contacts/read-contact.ts";
import { FileError, type Row } from "../rows/row.ts";
import type { Journal, JournalRow } from "./journal.ts";
import { describeOptions, hashContact, type ImportPlan, type PlanOptions } from "./plan.ts";
import type { Refusal, RefusedFile } from "./refused-file.ts";
import { type ChooseContact, type Saved, saveRow, toRefusal } from "./save-row.ts";

export type ImportCounts = {
  /** Of the file, so far. */
  rows: number;
  created: number;
  updated: number;
  /** Sent by an earlier import, or the same as another row: nothing was asked. */
  unchanged: number;
  refused: number;
};

export type ImportProgress = ImportCounts & {
  /** Requests that are left, at most. */
  left: number;
};

export type ImportResult = ImportCounts & {
  /** Of this import, those included that an earlier process made for it. */
  requests: number;
  /** Rows of which an answer was lost: they were sent again, and whether the first had done it cannot be told. */
  lost: number;
  /** Rows that were on their way when it was stopped. */
  open: number;
  /** Whether every row has come to its end. */
  complete: boolean;
};

export type RunOptions = Omit<PlanOptions, "journal"> & {
  plan: ImportPlan;
  journal: Journal;
  budget: Budget;
  /** Made with `maxAttempts: 1`: the import repeats by itself what may be repeated, and counts it. */
  onsync: OnSync;
  refused: RefusedFile;
  chooseContact?: ChooseContact | undefined;
  /**
   * Awaited after what was noted in the journal: before a request leaves, and before the next row takes the place of one that
   * was answered. For a journal that others go on with.
   */
  publishNotes?: (() => Promise<void>) | undefined;
  /** Told after each row that needed a request. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Told of each row that is refused. */
  onRefused?: ((row: Row, refusal: Refusal) => void) | undefined;
  /** Told of a row that was taken otherwise than it stands. */
  onNote?: ((row: Row, note: string) => void) | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  outageMs?: number | undefined;
  /** Stops it: what is under way comes to its end, and the next import goes on from there. */
  signal?: AbortSignal | undefined;
};

type Sending = { row: Row; read: ReadContact; hash: string };

/**
 * @throws FileError where the file is another one by now, MovementStopped where OnSync refuses all of it
 */
export async function runImport(options: RunOptions): Promise<ImportResult> {
  return new ImportRun(options).run();
}

class ImportRun {
  readonly #options: RunOptions;
  readonly #calls;
  readonly #counts: ImportCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0 };
  readonly #underWay = new Set<Promise<void>>();
  readonly #later: Sending[] = [];
  readonly #stopping = new AbortController();
  #left: number;
  #failure: unknown;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#left = options.plan.requests;
    const signal = options.signal ? AbortSignal.any([options.signal, this.#stopping.signal]) : this.#stopping.signal;
    this.#calls = createPacedCalls({ ...options, signal });
  }

  async run(): Promise<ImportResult> {
    const { journal, refused } = this.#options;
    journal.begin(describeOptions(this.#options));
    try {
      await this.#sendRows();
      await Promise.all(this.#underWay);
      for (const sending of this.#later.splice(0)) await this.#start(sending, true);
      await Promise.all(this.#underWay);
    } catch (error) {
      this.#stop(error);
      await Promise.all(this.#underWay);
    }
    const isStopped = this.#options.signal?.aborted === true;
    if (this.#failure !== undefined && !isStopped) {
      refused.abandon();
      throw this.#failure;
    }
    const { requests, lost, open } = journal.count();
    if (isStopped) refused.abandon();
    else journal.finish();
    return { ...this.#counts, requests, lost, open, complete: !isStopped };
  }

  #stop(error: unknown): void {
    this.#failure ??= error;
    this.#stopping.abort(error);
  }

  async #sendRows(): Promise<void> {
    const { plan, rows: file } = this.#options;
    const readRow = createReader(this.#options);
    let index = 0;
    for await (const row of file.rows()) {
      if (this.#isOver()) return;
      const reading = readRow(row);
      const read = "problem" in reading ? null : reading;
      if (!plan.isSame(index, read)) throw createChangedError(row.line);
      await this.#take(row, read, index);
      index += 1;
    }
    if (index !== plan.rows && !this.#isOver()) throw createChangedError(null);
  }

  #isOver(): boolean {
    return this.#stopping.signal.aborted || this.#options.signal?.aborted === true;
  }

  async #take(row: Row, read: ReadContact | null, index: number): Promise<void> {
    const decision = this.#options.plan.decide(index);
    this.#counts.rows += 1;
    if (decision.kind === "invalid" || decision.kind === "held" || read === null) {
      if (decision.kind === "invalid" || decision.kind === "held")
        this.#refuse(row, { ...decision.problem, requestId: null });
      return;
    }
    if (decision.kind === "repeat") {
      this.#counts.unchanged += 1;
      return;
    }
    const hash = hashContact(read);
    const state = this.#options.journal.find(hash, listIdentifiers(read.contact), true);
    if (state.kind === "unchanged") this.#counts.unchanged += 1;
    else if (state.kind === "settled") this.#count(row, state.row);
    else await this.#start({ row, read, hash }, false);
  }

  /** A row that an earlier process has brought to its end. */
  #count(row: Row, known: JournalRow): void {
    if (known.state === "done") this.#counts[known.outcome ?? "updated"] += 1;
    else this.#refuse(row, { field: known.field ?? "", reason: known.reason ?? "", requestId: known.requestId });
  }

  #refuse(row: Row, refusal: Refusal): void {
    this.#counts.refused += 1;
    this.#options.refused.add(row, refusal);
    this.#options.onRefused?.(row, refusal);
  }

  /** Sends it as soon as there is a place. @param isLast whether it failed before, and is refused where it fails again */
  async #start(sending: Sending, isLast: boolean): Promise<void> {
    while (this.#underWay.size >= maxConcurrency) await Promise.race(this.#underWay);
    if (this.#isOver()) return;
    const work = this.#send(sending, isLast)
      .catch((error) => this.#stop(error))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #send(sending: Sending, isLast: boolean): Promise<void> {
    const { journal, onDuplicate, chooseContact, publishNotes } = this.#options;
    const { row, read, hash } = sending;
    let attempts = 0;
    const saved = await saveRow(
      { calls: this.#calls, onDuplicate, chooseContact },
      { ...read, line: row.line },
      {
        onAttempt: async () => {
          if (attempts === 0 && !isLast) journal.noteSending(hash, listIdentifiers(read.contact));
          else journal.noteRequest(hash);
          attempts += 1;
          await publishNotes?.();
        },
        onLost: () => journal.noteLost(hash),
      },
    );
    this.#settle(sending, saved, isLast);
    await publishNotes?.();
  }

  #settle({ row, read, hash }: Sending, saved: Saved, isLast: boolean): void {
    const { journal, onNote, onProgress } = this.#options;
    if (saved.kind === "later" && !isLast) {
      this.#later.push({ row, read, hash });
      return;
    }
    if (saved.kind === "done") {
      this.#checkOrg(saved.orgId);
      journal.noteDone(hash, saved);
      this.#counts[saved.outcome] += 1;
      if (saved.note !== null) onNote?.(row, saved.note);
    } else {
      const refusal = saved.kind === "refused" ? saved.refusal : describeFailure(saved.error);
      journal.noteRefused(hash, refusal);
      this.#refuse(row, refusal);
    }
    this.#left = Math.max(0, this.#left - (read.addTags.length > 0 ? 2 : 1));
    onProgress?.({ ...this.#counts, left: this.#left });
  }

  /** A journal is of one org: in another, what it says was sent was not. */
  #checkOrg(orgId: string): void {
    const { journal } = this.#options;
    const known = journal.fact("org") ?? journal.setFact("org", String(orgId));
    if (known !== String(orgId))
      throw new MovementStopped(
        `The journal is of an import into ${known}, and this key is of ${orgId}.`,
        "Name another journal with --journal.",
        null,
      );
  }
}

/** It may be there all the same: no answer says so. */
function describeFailure(error: OnSyncError): Refusal {
  const refusal = toRefusal(error);
  return {
    ...refusal,
    reason: `OnSync did not say that it took it, tried again and again, though it may have: ${refusal.reason}`,
  };
}

function createChangedError(line: number | null): FileError {
  return new FileError(
    "the file was changed while it was being imported: run the command again, and it goes on with the file as it is.",
    line,
  );
}
