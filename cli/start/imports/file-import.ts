/** One file on the console's Import page: planned as often as somebody changes their mind, then run, stopped and gone on with. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ImportSettings, Refusal } from "../../../reference/index.ts";
import type { OnSync } from "../../../src/client/index.ts";
import * as data from "../../../src/data/index.ts";
import { readSamples } from "./samples.ts";
import type { ChosenSettings, ImportedFile, ImportState, Run, ShownImport } from "./state.ts";
import { cleanName, nameRefusedFile, saveFile } from "./uploaded-file.ts";
import { toRunView, toView } from "./view.ts";

export type FileImportOptions = {
  /** Its own, and there: what it writes is in it. */
  folder: string;
  /** Of all files that were imported into the org. */
  journal: data.Journal;
  /** @param share from 0 to 1 */
  createBudget(share: number): data.Budget;
  /** For as long as it runs. */
  connect(): Promise<{ onsync: OnSync; close(): Promise<void> }>;
};

/** Rows that are shown of those that were refused; the file has all. */
const maxListed = 200;

const defaultSettings: ChosenSettings = { columns: {}, country: "", tags: "keep", onDuplicate: "skip", budget: 60 };

/** @throws Refusal where it is too large, or none that can be imported */
export async function openFileImport(
  options: FileImportOptions,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<FileImport> {
  const path = join(options.folder, "file");
  const size = await saveFile(path, bytes);
  try {
    const rows = data.undoRefusals(await data.openRows(path));
    const samples = await readSamples(rows);
    const opened = new FileImport(options, { name: cleanName(name), size, rows, samples });
    await opened.change({});
    return opened;
  } catch (error) {
    throw toRefusal(error, path);
  }
}

export class FileImport implements ShownImport {
  readonly #options: FileImportOptions;
  readonly file: ImportedFile;
  settings: ChosenSettings = defaultSettings;
  state: ImportState = "ready";
  mapping: data.Mapping | null = null;
  plan: data.ImportPlan | null = null;
  run: Run | null = null;
  budget: data.Budget;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** One change at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: FileImportOptions, file: ImportedFile) {
    this.#options = options;
    this.file = file;
    this.budget = options.createBudget(defaultSettings.budget / 100);
  }

  /** @throws Refusal that names the setting that is wrong; then everything is as it was */
  change(settings: ImportSettings): Promise<void> {
    return this.#inTurn(async () => {
      if (this.state === "running") throw refuse("It is running: stop it first, then change it.");
      const columns = { ...this.settings.columns, ...settings.columns };
      await this.#planWith({ ...this.settings, ...settings, columns });
      this.state = "ready";
      this.run = null;
    });
  }

  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.state === "running") throw refuse("It is running already.");
      // Contacts may have been imported meanwhile.
      await this.#planWith(this.settings);
      const { plan } = this;
      if (plan === null) throw refuse("No column is a phone, an e-mail address or an external id: say which is.");
      this.#stopping = new AbortController();
      this.state = "running";
      const progress = { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0, left: plan.requests };
      const run: Run = { progress, result: null, refusals: [], notes: [], failure: null };
      this.run = run;
      this.#running = this.#runPlan(plan, run);
    });
  }

  /** Resolves when what was under way is over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** It cannot be gone on with: the next one begins anew. */
  async end(): Promise<void> {
    await this.stop();
    await this.#inTurn(async () => this.#options.journal.finish());
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  async view(): Promise<object> {
    return { ...toView(this), ...(await toRunView(this)) };
  }

  readRefused(): { name: string; text: string } {
    if (this.run?.result?.complete !== true || this.run.result.refused === 0)
      throw new Refusal("not_found", "No row was refused, or the import has not come to its end.");
    return {
      name: nameRefusedFile(this.file.name, this.file.rows.format),
      text: readFileSync(this.#refusedPath, "utf8"),
    };
  }

  get #refusedPath(): string {
    return join(this.#options.folder, "refused");
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #planWith(settings: ChosenSettings): Promise<void> {
    const { rows } = this.file;
    const { journal, createBudget } = this.#options;
    try {
      const mapping = data.mapColumns(rows.columns, settings.columns);
      const budget = settings.budget === this.settings.budget ? this.budget : createBudget(settings.budget / 100);
      const plan = data.hasIdentifier(mapping)
        ? await data.planImport({ ...toPlanOptions(settings), rows, mapping, budget, journal })
        : null;
      Object.assign(this, { settings, mapping, budget, plan });
    } catch (error) {
      throw toRefusal(error, "the file");
    }
  }

  async #runPlan(plan: data.ImportPlan, run: Run): Promise<void> {
    const { journal, connect } = this.#options;
    const { rows } = this.file;
    const { signal } = this.#stopping;
    try {
      const refused = new data.RefusedFile(this.#refusedPath, rows);
      const connection = await connect();
      try {
        const result = await data.runImport({
          ...toPlanOptions(this.settings),
          ...{ rows, mapping: this.mapping as data.Mapping, budget: this.budget, plan, journal, refused, signal },
          onsync: connection.onsync,
          onProgress: (progress) => Object.assign(run.progress, progress),
          onRefused: ({ line }, refusal) => addTo(run.refusals, { line, ...refusal }),
          onNote: ({ line }, text) => addTo(run.notes, { line, text }),
        });
        refused.finish();
        run.result = result;
        this.state = result.complete ? "done" : "stopped";
      } finally {
        await connection.close();
      }
    } catch (error) {
      const { message, advice = "What was done is noted: go on when it is mended." } = error as Error & {
        advice?: string;
      };
      run.failure = { message, advice };
      this.state = "failed";
    }
  }
}

function toPlanOptions({ country, tags, onDuplicate }: ChosenSettings) {
  return { country: country.trim() || undefined, tags, onDuplicate };
}

function addTo<Item>(list: Item[], item: Item): void {
  if (list.length < maxListed) list.push(item);
}

function refuse(message: string): Refusal {
  return new Refusal("validation_failed", message);
}

/** What the person at the page can mend is said as such. */
function toRefusal(error: unknown, path: string): unknown {
  const refuseField = (field: string, message: string) =>
    new Refusal("validation_failed", message, { details: [{ path: [field], code: "custom", message }] });
  if (error instanceof data.CountryError) return refuseField("country", `${error.message}.`);
  if (error instanceof data.MappingError) return refuseField("columns", `${error.message}.`);
  return error instanceof data.FileError ? refuse(error.message.replaceAll(path, "It")) : error;
}
