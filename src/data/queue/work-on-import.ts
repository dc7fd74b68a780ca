/** A worker's turn at an import: from where the last one left it, until it is done or the turn is over. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OnSync } from "../../client/index.ts";
import { type BudgetOptions, createBudget } from "../budget/budget.ts";
import type { Slots } from "../budget/fair-slots.ts";
import { MovementStopped } from "../budget/paced-calls.ts";
import { mapColumns } from "../contacts/mapping.ts";
import { planImport } from "../import/plan.ts";
import { RefusedFile, undoRefusals } from "../import/refused-file.ts";
import { type ImportProgress, type ImportResult, runImport } from "../import/run.ts";
import { openRows } from "../rows/open-rows.ts";
import { FileError } from "../rows/row.ts";
import { contactsFile, type ImportJob, type ImportState, isUnderWay, readState, refusedFile } from "./import-state.ts";
import type { Ticket } from "./queue.ts";
import { openSharedJournal } from "./shared-journal.ts";
import { ClaimLost, type ImportStore } from "./store.ts";

/** So many workers in a row may come to nothing with an import until it is given up. */
export const maxFruitless = 10;
const progressMs = 2_000;

/** The import cannot be done, whoever tries. */
export class ImportImpossible extends Error {
  override readonly name = "ImportImpossible";
}

export type TurnOptions = {
  store: ImportStore;
  ledger: BudgetOptions["ledger"];
  slots: Slots;
  /** What this worker is called where it is told who tried. */
  worker: string;
  /** @throws ImportImpossible, or another error where another worker may be able to */
  connect(job: ImportJob): Promise<{ onsync: OnSync; close(): Promise<void> }>;
  /** Ends the turn: what is under way comes to its end. */
  signal: AbortSignal;
  onEnd?: ((state: ImportState) => void) | undefined;
};

/** @returns whether it is over, for this ticket; @throws what keeps this worker from it, and perhaps no other */
export async function workOnImport(options: TurnOptions, { key, ticket }: Ticket): Promise<boolean> {
  const { store } = options;
  if (!isFor(await readState(store, key), ticket)) return true;
  const { token, fruitless } = await store.claim(key);
  const state = await readState(store, key);
  if (!isFor(state, ticket)) return true;
  try {
    if (fruitless >= maxFruitless)
      throw new ImportImpossible(
        `${fruitless} workers tried in a row, and came to nothing: ${describeAttempts(state)}`,
      );
    return await new Turn(options, key, token, state).run();
  } catch (error) {
    // Who took it over may be a worker that was given up already: the one that the engine has it from goes on.
    if (error instanceof ClaimLost) return false;
    await noteFailure(options, key, token, state, error);
    if (!isFinal(error)) throw error;
    return true;
  }
}

function isFor(state: ImportState | null, ticket: string): state is ImportState {
  return isUnderWay(state) && state?.ticket === ticket;
}

function describeAttempts({ attempts }: ImportState): string {
  return attempts.length === 0 ? "none of them could say why" : attempts.slice(-3).join("; ");
}

function isFinal(error: unknown): boolean {
  return (
    error instanceof ImportImpossible ||
    error instanceof FileError ||
    (error instanceof MovementStopped && !error.isOutage)
  );
}

async function noteFailure(
  { store, worker, onEnd }: TurnOptions,
  key: string,
  token: number,
  state: ImportState,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  state.updatedAt = Date.now();
  if (isFinal(error)) Object.assign(state, { phase: "failed", failure: reason });
  else state.attempts = [...state.attempts, `${worker}: ${reason}`].slice(-10);
  // Where the store itself is away, nothing can be noted; the engine has another worker try.
  await store.writeState(key, JSON.stringify(state), token).catch(() => {});
  if (!isFinal(error)) return;
  await store.deleteFile(key, contactsFile).catch(() => {});
  onEnd?.(state);
}

class Turn {
  readonly #options: TurnOptions;
  readonly #key: string;
  readonly #token: number;
  readonly #state: ImportState;
  #toldAt = Number.NEGATIVE_INFINITY;
  #hasFruit = false;

  constructor(options: TurnOptions, key: string, token: number, state: ImportState) {
    this.#options = options;
    this.#key = key;
    this.#token = token;
    this.#state = state;
  }

  async run(): Promise<boolean> {
    const { connect } = this.#options;
    // For its owner alone, and gone with the turn.
    const folder = mkdtempSync(join(tmpdir(), `onsync-work-${process.pid}-`));
    const connection = await connect(this.#state.job).catch((error) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    try {
      await this.#write({ phase: "running" });
      const result = await this.#import(folder, connection.onsync);
      if (result.complete) await this.#finish(result, join(folder, "refused"));
      else await this.#options.store.noteFruit(this.#key, this.#token);
      return result.complete;
    } finally {
      await connection.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #write(changes: Partial<ImportState>): Promise<void> {
    Object.assign(this.#state, changes, { updatedAt: Date.now() });
    await this.#options.store.writeState(this.#key, JSON.stringify(this.#state), this.#token);
  }

  async #import(folder: string, onsync: OnSync): Promise<ImportResult> {
    const { store, ledger, slots, signal } = this.#options;
    const { job } = this.#state;
    const file = join(folder, "contacts");
    await pipeline(Readable.from(store.readFile(this.#key, contactsFile)), createWriteStream(file, { mode: 0o600 }));
    const shared = await openSharedJournal(store, this.#key, this.#token, join(folder, "journal"));
    const { journal, publish } = shared;
    try {
      const rows = undoRefusals(await openRows(file));
      const budget = createBudget({ ledger, scope: `${job.baseUrl} ${job.org}`, share: job.share, slots });
      const mapping = mapColumns(rows.columns, job.changes);
      const { tags, onDuplicate } = job;
      const planned = { rows, mapping, country: job.country ?? undefined, tags, onDuplicate, budget, journal };
      journal.setFact("mapping", JSON.stringify(job.changes));
      const plan = await planImport(planned);
      await publish();
      const refused = new RefusedFile(join(folder, "refused"), rows);
      const estimate = (requests: number) => budget.estimate(requests);
      const onProgress = (progress: ImportProgress) => void this.#tell(progress, estimate).catch(() => {});
      const result = await runImport({ ...planned, plan, onsync, refused, signal, onProgress, publishNotes: publish });
      if (result.complete) refused.finish();
      await publish();
      return result;
    } finally {
      shared.close();
    }
  }

  async #tell(progress: ImportProgress, estimate: (requests: number) => Promise<number>): Promise<void> {
    if (performance.now() - this.#toldAt < progressMs) return;
    this.#toldAt = performance.now();
    if (!this.#hasFruit) await this.#options.store.noteFruit(this.#key, this.#token);
    this.#hasFruit = true;
    const finishesAt = new Date(await estimate(progress.left)).toISOString();
    await this.#write({ progress: { ...progress, finishesAt } });
  }

  async #finish(result: ImportResult, refused: string): Promise<void> {
    const { store, onEnd } = this.#options;
    if (result.refused > 0) await store.putFile(this.#key, refusedFile, createReadStream(refused));
    await this.#write({ phase: "done", result, progress: null });
    await store.deleteFile(this.#key, contactsFile);
    onEnd?.(this.#state);
  }
}
