/** What the console's Import page of `onsync start` works with: the code of `onsync import`, on the embedded API. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Imports, Refusal } from "../../../reference/index.ts";
import type { OnSync, SendLedger } from "../../../src/client/index.ts";
import { createBudget, type Journal, openJournal } from "../../../src/data/index.ts";
import { type FileImport, openFileImport } from "./file-import.ts";

export type ConsoleImportsOptions = {
  /** Where a folder of its own is made for the files. */
  temporaryFolder: string;
  ledger: SendLedger;
  /** Whose hour it is: one budget with all commands that name the same ledger. */
  findScope(orgId: string): string;
  /** A client with a key of the org, made for one run. */
  connect(orgId: string): Promise<{ onsync: OnSync; close(): Promise<void> }>;
};

export type ConsoleImports = Imports & {
  /** Stops and forgets everything: what was imported is there no more. */
  reset(): Promise<void>;
  /** Stops what runs, and removes every file. */
  close(): Promise<void>;
};

export function createConsoleImports(options: ConsoleImportsOptions): ConsoleImports {
  return new OrgImports(options);
}

class OrgImports implements ConsoleImports {
  readonly #options: ConsoleImportsOptions;
  readonly #imports = new Map<string, FileImport>();
  /** Of all that is imported into an org in this run: what was sent once is not sent again. */
  readonly #journals = new Map<string, Journal>();
  /** For its owner alone; made with the first file. */
  #folder: string | undefined;
  #files = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ConsoleImportsOptions) {
    this.#options = options;
  }

  async read(orgId: string): Promise<object | null> {
    return (await this.#imports.get(orgId)?.view()) ?? null;
  }

  open(orgId: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#imports.get(orgId);
      if (before?.state === "running")
        throw new Refusal("validation_failed", "Another file is being imported: stop it first.");
      const folder = this.#makeFolder();
      try {
        const opened = await openFileImport(
          {
            folder,
            journal: this.#findJournal(orgId),
            createBudget: (share) =>
              createBudget({ ledger: this.#options.ledger, scope: this.#options.findScope(orgId), share }),
            connect: () => this.#options.connect(orgId),
          },
          name,
          bytes,
        );
        await before?.end();
        this.#imports.set(orgId, opened);
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    });
  }

  change(orgId: string, settings: Parameters<Imports["change"]>[1]): Promise<void> {
    return this.#find(orgId).change(settings);
  }

  start(orgId: string): Promise<void> {
    return this.#find(orgId).start();
  }

  stop(orgId: string): Promise<void> {
    return this.#find(orgId).stop();
  }

  discard(orgId: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#imports.get(orgId)?.end();
      this.#imports.delete(orgId);
    });
  }

  async readRefused(orgId: string): Promise<{ name: string; text: string }> {
    return this.#find(orgId).readRefused();
  }

  reset(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all([...this.#imports.values()].map((each) => each.end()));
      this.#imports.clear();
      for (const journal of this.#journals.values()) journal.close();
      this.#journals.clear();
      if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
      this.#folder = undefined;
    });
  }

  close(): Promise<void> {
    return this.reset();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** @throws Refusal */
  #find(orgId: string): FileImport {
    const found = this.#imports.get(orgId);
    if (found) return found;
    throw new Refusal("not_found", "There is no import: choose a file first.");
  }

  #makeFolder(): string {
    this.#folder ??= mkdtempSync(join(this.#options.temporaryFolder, "onsync-console-imports-"));
    this.#files += 1;
    const folder = join(this.#folder, `file-${this.#files}`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /** Its folder is there. */
  #findJournal(orgId: string): Journal {
    const known = this.#journals.get(orgId);
    if (known) return known;
    const opened = openJournal(join(this.#folder as string, `journal-${this.#journals.size + 1}`));
    this.#journals.set(orgId, opened);
    return opened;
  }
}
