/** Imports of several orgs by workers that share a queue (`onsync work`): planned here, handed over, and looked after until they are done. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { defaultBaseUrl } from "../../../src/api/index.ts";
import { parseBaseUrl } from "../../../src/client/options.ts";
import * as data from "../../../src/data/index.ts";
import {
  contactsFile,
  type ImportJob,
  type ImportState,
  isUnderWay,
  nameImport,
  readState,
  refusedFile,
} from "../../../src/data/queue/import-state.ts";
import { leaseMs } from "../../../src/data/queue/queue.ts";
import { openSharedJournal } from "../../../src/data/queue/shared-journal.ts";
import type { Cleanup } from "../../cleanup.ts";
import { UsageError } from "../../output/errors.ts";
import type { Io } from "../../output/io.ts";
import type { Log } from "../../output/log.ts";
import { findBaseUrl } from "../../settings/environment.ts";
import { type OpenQueue, openQueue } from "../../settings/queue.ts";
import { findFreeName } from "../files.ts";
import { readMapping } from "../run-import.ts";
import type { OrgImport } from "./orgs-file.ts";
import type { OrgsOptions, Place, ReadyImport, Told } from "./place.ts";

/** How often it is looked how an import stands, in milliseconds. */
const lookMs = 1_000;
/** Of an import of which nothing was heard for so long it is said once more that it is to be worked on, in milliseconds. */
const staleMs = 6 * leaseMs;
/** How long the store may be away while the workers' import is looked after, in milliseconds. */
const maxAwayMs = 60_000;

export async function importByWorkers(
  io: Io,
  options: OrgsOptions & { queue: string },
  log: Log,
  cleanup: Cleanup,
): Promise<Place> {
  const shared = await openQueue(io, options, log, cleanup);
  return { plan: (of) => planForWorkers(shared, of, options) };
}

async function planForWorkers(shared: OpenQueue, of: OrgImport, options: OrgsOptions): Promise<ReadyImport> {
  const { country, tags, onDuplicate } = { ...options, ...of.options };
  if (onDuplicate === "ask") throw new UsageError("--on-duplicate ask: give skip, first or newest.");
  const baseUrl = parseBaseUrl(findBaseUrl(of.env) ?? defaultBaseUrl);
  const rows = data.undoRefusals(await data.openRows(of.file));
  const share = of.options.budget ?? options.budget;
  const budget = data.createBudget({ ledger: shared.ledger, scope: `${baseUrl} ${of.org}`, share });
  const named = { org: of.org, baseUrl, file: of.name };
  const folder = mkdtempSync(join(tmpdir(), "onsync-import-"));
  const { journal, close } = await openSharedJournal(shared.store, nameImport(named), null, join(folder, "journal"));
  try {
    const mapping = readMapping(data, rows, journal, of.options.map);
    const planned = { rows, mapping, country, tags, onDuplicate, budget };
    const plan = await data.planImport({ ...planned, journal });
    const changes = JSON.parse(journal.fact("mapping") ?? "{}") as data.MappingChanges;
    const hash = await hashFile(of.file);
    const job: ImportJob = { ...named, hash, changes, country: country ?? null, tags, onDuplicate, share };
    return {
      name: of.file,
      plan,
      planned,
      run: (told, signal) => new SharedImport(shared, of, job, rows, plan).run(told, signal),
    };
  } finally {
    close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}

class SharedImport {
  readonly #shared: OpenQueue;
  readonly #of: OrgImport;
  readonly #job: ImportJob;
  readonly #rows: data.RowFile;
  readonly #requests: number;
  readonly #key: string;

  constructor(shared: OpenQueue, of: OrgImport, job: ImportJob, rows: data.RowFile, { requests }: data.ImportPlan) {
    this.#shared = shared;
    this.#of = of;
    this.#job = job;
    this.#rows = rows;
    this.#requests = requests;
    this.#key = nameImport(job);
  }

  async run({ onProgress }: Told, signal: AbortSignal): ReturnType<ReadyImport["run"]> {
    await this.#handOver();
    let counts: data.ImportProgress = {
      rows: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      refused: 0,
      left: this.#requests,
    };
    let heardAt = performance.now();
    for (;;) {
      const state = await readState(this.#shared.store, this.#key).catch((error) => {
        if (performance.now() - heardAt > maxAwayMs) throw error;
        return null;
      });
      if (state !== null) heardAt = performance.now();
      if (state?.phase === "failed") throw new Error(state.failure ?? "it failed");
      if (state?.phase === "done" && state.result) return { result: state.result, errors: await this.#collect(state) };
      counts = state?.progress ?? counts;
      onProgress(counts);
      if (signal.aborted)
        return { result: { ...counts, requests: 0, lost: 0, open: 0, complete: false }, errors: null };
      await delay(lookMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Again means go on: what is under way, or is done and was not looked at, is not asked for a second time. */
  async #handOver(): Promise<void> {
    const { store } = this.#shared;
    const state = await readState(store, this.#key);
    const isSame = JSON.stringify(state?.job) === JSON.stringify(this.#job);
    if (isUnderWay(state)) {
      if (!isSame)
        throw new UsageError(
          `${this.#of.name} of ${this.#of.org} is being imported by the workers as it was, or with other options: wait until that is done, and import it again.`,
        );
      if (state && Date.now() - state.updatedAt > staleMs) await this.#ask({ ...state, updatedAt: Date.now() });
      return;
    }
    if (state?.phase === "done" && !state.collected) {
      if (isSame) return;
      await this.#collect(state);
    }
    const asked: ImportState = {
      ...{ job: this.#job, ticket: "", phase: "queued", updatedAt: Date.now(), progress: null },
      ...{ attempts: [], result: null, failure: null, collected: false },
    };
    await store.putFile(this.#key, contactsFile, createReadStream(this.#of.file));
    await this.#ask(asked);
  }

  /** What was asked before counts no more, if it is there at all. */
  async #ask(state: ImportState): Promise<void> {
    const { store, queue } = this.#shared;
    const ticket = randomUUID();
    await store.writeState(this.#key, JSON.stringify({ ...state, ticket }), null);
    await queue.add({ key: this.#key, ticket });
  }

  /** @returns the file of refused rows, if there is one */
  async #collect(state: ImportState): Promise<string | null> {
    const { store } = this.#shared;
    const errors = state.result?.refused ? await this.#fetchRefused() : null;
    await store.writeState(this.#key, JSON.stringify({ ...state, collected: true }), null);
    await store.deleteFile(this.#key, refusedFile);
    return errors;
  }

  async #fetchRefused(): Promise<string> {
    const path = this.#of.options.errors ?? findFreeName(this.#of.file, this.#rows, null);
    // Refuses a path of something that must not be written over.
    new data.RefusedFile(path, this.#rows).abandon();
    const part = join(dirname(path), `.onsync-refused-${this.#key}`);
    rmSync(part, { force: true });
    const refused = Readable.from(this.#shared.store.readFile(this.#key, refusedFile));
    await pipeline(refused, createWriteStream(part, { mode: 0o600, flags: "wx" }));
    renameSync(part, path);
    return path;
  }
}
