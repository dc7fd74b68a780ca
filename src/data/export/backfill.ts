/** What the parts of a backfill share: the calls, the checkpoints, and where rows go. */
import type { Clock } from "../../client/clock.ts";
import { isErrorNamed, type OnSync } from "../../client/index.ts";
import type { PacedCalls } from "../budget/paced-calls.ts";
import type { nameCheckpoints } from "./checkpoints.ts";
import type { Committer } from "./committer.ts";
import { type ExportRow, type TableName, toRow } from "./records.ts";
import type { ExportTarget, StateEntry } from "./targets/target.ts";

export type Backfill = {
  calls: PacedCalls;
  /** Told of each request. */
  onRequest: () => void;
  clock: Clock;
  target: ExportTarget;
  committer: Committer;
  names: ReturnType<typeof nameCheckpoints>;
  /** The number of the export under way. */
  run: number;
  /** Histories show what was made before, in milliseconds since 1970 by OnSync's clock. */
  settledUpTo: number;
  tables: ReadonlySet<TableName>;
  contact: string | undefined;
  redact: ((table: TableName, row: ExportRow) => ExportRow) | undefined;
  signal: AbortSignal;
};

export type Changes = Map<string, string | null>;

/** A call within the budget, of which each attempt is counted. */
export function callPaced<Value>(
  { calls, onRequest }: Backfill,
  work: (onsync: OnSync) => Promise<Value>,
): Promise<Value> {
  return calls.call(work, { onAttempt: onRequest });
}

/** How late histories and lists may show what was made, in milliseconds. */
export const settlingMs = 30_000;
const maxTries = 4;

/** As {@link callPaced}, for what an OnSync may lack: a 404 that does not come from OnSync itself says so only where it stays. */
export async function callExtension<Value>(
  backfill: Backfill,
  work: (onsync: OnSync) => Promise<Value>,
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await callPaced(backfill, work);
    } catch (error) {
      const isDoubtful = isErrorNamed(error, "ExtensionUnavailableError") && error.requestId === undefined;
      if (!isDoubtful || tries === maxTries) throw error;
      await backfill.clock.sleep(250 * 2 ** tries, backfill.signal);
    }
  }
}

/** @returns how many of the records are no rows: they have no id */
export async function addRecords(
  { committer, redact }: Backfill,
  table: TableName,
  records: readonly unknown[],
  changes: Changes,
): Promise<number> {
  const rows = records.map((record) => toRow(table, record)).filter((row) => row !== null);
  await committer.add(table, redact ? rows.map((row) => redact(table, row)) : rows, changes);
  return records.length - rows.length;
}

export async function readCheckpoint<Checkpoint>({ committer }: Backfill, name: string): Promise<Checkpoint | null> {
  const text = await committer.readState(name);
  return text === null ? null : (JSON.parse(text) as Checkpoint);
}

const entriesAtOnce = 500;

/** The checkpoints whose names begin so, with what follows the prefix. What was added must be in the target. */
export async function* listCheckpoints<Checkpoint>(
  { target }: Backfill,
  prefix: string,
): AsyncGenerator<{ id: string; checkpoint: Checkpoint }, void, undefined> {
  let after: string | null = null;
  for (;;) {
    const entries: StateEntry[] = await target.listState(prefix, after, entriesAtOnce);
    for (const { name, value } of entries)
      yield { id: name.slice(prefix.length), checkpoint: JSON.parse(value) as Checkpoint };
    after = entries.at(-1)?.name ?? null;
    if (entries.length < entriesAtOnce) return;
  }
}

/** Asks for as many as the API gives at most; of a server that refuses, for as many as the documentation has in its example. */
export function createPageSize() {
  let size = 100;
  return async <Answer>(fetch: (limit: number) => Promise<Answer>): Promise<Answer> => {
    try {
      return await fetch(size);
    } catch (error) {
      if (!isErrorNamed(error, "ValidationError") || size === 50) throw error;
      const answer = await fetch(50);
      size = 50;
      return answer;
    }
  };
}
