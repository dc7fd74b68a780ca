/** The place that an export goes to, by how it is named. */
import { lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { ExportTarget, PartFormat } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printIfPossible } from "../output/io.ts";

export type TargetChoice = {
  tables: readonly string[];
  to: string;
  format?: PartFormat | "singer";
  state?: string;
  redact?: true;
};

const endings: Readonly<Record<string, PartFormat>> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".parquet": "parquet",
};

/** @throws UsageError where it cannot be written to */
export async function openTarget(io: Io, choice: TargetChoice, cleanup: Cleanup): Promise<ExportTarget> {
  try {
    if (choice.to === "-") return await openStdout(io, choice, cleanup);
    const database = /^(?:duckdb:|postgres(?:ql)?:\/\/)/i.test(choice.to);
    return database ? await openDatabase(choice, cleanup) : await openFiles(choice);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { TargetError } = await import("../../src/data/index.ts");
    const message = `--to: ${(error as Error).message}`;
    if (error instanceof TargetError) throw new UsageError(message);
    // It may be in use, or not there, for the moment.
    await printIfPossible(io.stderr, `error: ${message}\n`);
    throw new CommandFailed(1);
  }
}

async function openDatabase({ to, format, state, redact }: TargetChoice, cleanup: Cleanup): Promise<ExportTarget> {
  if (format !== undefined) throw new UsageError("--format is for files and stdout: leave it out.");
  if (state !== undefined)
    throw new UsageError("--state is for files and stdout: a database keeps it beside the rows.");
  // Checkpoints name conversations by their numbers, and would stand beside the rows.
  if (redact)
    throw new UsageError("--redact is for files and stdout: export to a folder, and load its parts into the database.");
  const { openDuckDbTarget, openPostgresTarget } = await import("../../src/data/index.ts");
  if (!/^duckdb:/i.test(to)) return openPostgresTarget({ url: to });
  // DuckDB makes files beside the one that it is given, at any time: they are for their owner alone, too.
  const mask = process.umask(0o077);
  cleanup.add(() => process.umask(mask));
  return openDuckDbTarget({ file: to.slice("duckdb:".length) });
}

/** A folder may be named with a slash at its end. */
export function trimSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && "/\\".includes(path[end - 1] as string)) end--;
  return path.slice(0, end);
}

async function openFiles({ to, format, state, tables }: TargetChoice): Promise<ExportTarget> {
  if (format === "singer") throw new UsageError("--format singer is for stdout: give --to -.");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(to))
    throw new UsageError(`--to: ${to.split(":", 1)[0]}:// is nothing that can be exported to.`);
  const { openFileTarget } = await import("../../src/data/index.ts");
  const ending = endings[extname(to).toLowerCase()];
  const stats = lstatSync(to, { throwIfNoEntry: false });
  const isFolder = stats?.isDirectory() ?? (extname(to) === "" || /[/\\]$/.test(to));
  const path = trimSlashes(to);
  const stateFile = state ?? `${path}.state`;
  if (isFolder) return openFileTarget({ path, layout: "folder", format: format ?? "ndjson", state: stateFile });
  if (tables.length > 1) throw new UsageError("--to: a file has one table: name a folder for several.");
  if (ending === undefined)
    throw new UsageError(
      `--to: ${to} is a file whose name ends with none of ${Object.keys(endings).join(", ")}. End it with / for a folder.`,
    );
  if (format !== undefined && format !== ending)
    throw new UsageError(`--format ${format}, and the name of ${to} says ${ending}: leave one of them out.`);
  return openFileTarget({ path, layout: "file", format: ending, state: stateFile });
}

async function openStdout(
  io: Io,
  { format = "ndjson", state, tables }: TargetChoice,
  cleanup: Cleanup,
): Promise<ExportTarget> {
  if (format === "csv" || format === "parquet")
    throw new UsageError(`--format ${format} is for files: stdout takes ndjson or singer.`);
  if (format === "ndjson" && tables.length > 1)
    throw new UsageError("--to -: NDJSON does not tell tables apart. Give one table, or --format singer.");
  const { openStdoutTarget, readStateMessage } = await import("../../src/data/index.ts");
  const write = (text: string) => print(io.stdout, text);
  if (format === "ndjson" && state !== undefined) return openStdoutTarget({ write, format, state });
  const folder = mkdtempSync(join(tmpdir(), "onsync-export-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const resume = format === "singer" && state !== undefined ? readStateMessage(readSingerState(state)) : undefined;
  return openStdoutTarget({ write, format, state: join(folder, "state"), resume });
}

/** As Meltano gives it: the value of the last STATE message. None yet is a first run. */
function readSingerState(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw new UsageError(`--state: ${file} cannot be read (${code}).`);
  }
}
