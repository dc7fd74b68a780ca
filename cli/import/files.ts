/** The files of an import: what is read, and what is written beside it. */
import { createWriteStream, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { defaultBaseUrl } from "../../src/api/index.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import { stampFile } from "../../src/data/import/refused-file.ts";
import type * as Data from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { findBaseUrl } from "../settings/environment.ts";

export type ImportFiles = {
  /** What the person calls it. */
  name: string;
  /** Where it can be read, again and again. */
  source: string;
  /** @param isNeeded whether it is made where there is none */
  openJournal(data: typeof Data, isNeeded: boolean): Data.Journal | null;
  /** Where refused rows go: never over a file that somebody may have mended since. */
  findErrorsFile(journal: Data.Journal, rows: Data.RowFile): string;
  noteErrorsFile(journal: Data.Journal, path: string): void;
};

/** What comes by stdin is read twice, and so kept for as long as it is needed, for its owner alone. */
async function keepInput(io: Io, cleanup: Cleanup): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-import-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "stdin");
  await pipeline(Readable.from(io.stdin), createWriteStream(file, { mode: 0o600, flags: "wx" }));
  return file;
}

export async function findFiles(
  io: Io,
  file: string,
  { journal, errors }: { journal?: string; errors?: string },
  cleanup: Cleanup,
): Promise<ImportFiles> {
  const isStdin = file === "-";
  const source = isStdin ? await keepInput(io, cleanup) : file;
  const beside = isStdin ? "stdin" : file;
  const journalFile = journal ?? findJournal(beside);
  checkUnlike(source, journalFile, "--journal");
  if (errors !== undefined) checkUnlike(source, errors, "--errors");
  const baseUrl = parseScope(io);
  return {
    name: isStdin ? "stdin" : file,
    source,
    openJournal(data, isNeeded) {
      if (!isNeeded && !existsSync(journalFile)) return null;
      const opened = openJournal(data, journalFile);
      cleanup.add(() => opened.close());
      const scope = opened.fact("scope") ?? opened.setFact("scope", baseUrl);
      if (scope === baseUrl) return opened;
      throw new UsageError(
        `${journalFile} is the journal of an import into ${scope}, not ${baseUrl}: name another with --journal.`,
      );
    },
    findErrorsFile: (opened, rows) => errors ?? findFreeName(beside, rows, opened),
    noteErrorsFile: (opened, path) => opened.setFact("refused file", JSON.stringify([resolve(path), stampFile(path)])),
  };
}

/** What the name of a file of refused rows has before its ending. */
const refusedMark = /\.refused(?:-\d+)?$/;

/** Of a file of refused rows, the journal of the file that they are from: what was said of its columns holds for these. */
function findJournal(file: string): string {
  const ending = refusedMark.test(file) ? "" : extname(file);
  const refused = ending === "" ? file : file.slice(0, -ending.length);
  let stem = refused;
  // What was mended may have been refused again.
  while (refusedMark.test(stem)) stem = stem.replace(refusedMark, "");
  const origins = stem === refused ? [] : [`${stem}${ending}`, `${stem}.parquet`];
  return `${origins.find((origin) => existsSync(`${origin}.journal`)) ?? file}.journal`;
}

function parseScope(io: Io): string {
  try {
    return parseBaseUrl(findBaseUrl(io.env) ?? defaultBaseUrl);
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/^baseUrl/, "ONSYNC_BASE_URL"));
  }
}

function openJournal(data: typeof Data, file: string): Data.Journal {
  try {
    return data.openJournal(file);
  } catch (error) {
    throw new UsageError(`--journal: ${(error as Error).message}`);
  }
}

function checkUnlike(source: string, file: string, option: string): void {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : resolve(path));
  if (real(source) === real(file))
    throw new UsageError(`${option}: this is the file that is imported. Name another one.`);
}

/** @param file the one that is imported; @param journal knows which file of refused rows nobody has mended since */
export function findFreeName(file: string, { format }: Data.RowFile, journal: Data.Journal | null): string {
  const [known, stamp] = JSON.parse(journal?.fact("refused file") ?? "[]") as string[];
  const isNamedAlike = extname(file) !== "" && format !== "parquet";
  const ending = isNamedAlike ? extname(file) : format === "csv" ? ".csv" : ".ndjson";
  const stem = join(dirname(file), basename(file, extname(file)));
  for (let number = 1; ; number++) {
    const path = `${stem}.refused${number === 1 ? "" : `-${number}`}${ending}`;
    if (!existsSync(path) || (resolve(path) === known && stampFile(path) === stamp)) return path;
  }
}
