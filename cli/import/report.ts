/** How an import tells what it does: one line that is written over on a terminal, a line a minute elsewhere, or JSON. */
import type { ImportPlan, ImportProgress, ImportResult, Refusal, Row } from "../../src/data/index.ts";
import { createTerminalLine, type Io, print, printIfPossible } from "../output/io.ts";
import { printWrapped } from "../output/wrap.ts";
import { formatCount, formatTime } from "./plan-text.ts";

const minuteMs = 60_000;
const terminalMs = 200;
/** An estimate asks the ledger: a terminal that is written over five times a second does with one for several. */
const estimateMs = 5_000;

export type Report = {
  onProgress(progress: ImportProgress): void;
  onRefused(row: Row, refusal: Refusal): void;
  onNote(row: Row, note: string): void;
  finish(result: ImportResult, errors: string | null): Promise<void>;
  close(): void;
};

type ReportOptions = {
  json: boolean;
  estimate: (requests: number) => Promise<number>;
  /** Whether a question is on the screen. */
  isAsking?: () => boolean;
};

export function createReport(io: Io, plan: ImportPlan, { json, estimate, isAsking }: ReportOptions): Report {
  const onTerminal = !json && io.stderr.isTTY === true;
  let latest: ImportProgress = { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0, left: plan.requests };
  const line = createTerminalLine(io);
  let closed = false;

  const tell = (event: object) => void print(io.stdout, `${JSON.stringify(event)}\n`).catch(() => {});
  let estimated = { at: Number.NEGATIVE_INFINITY, finishesAt: "" };
  const estimateEnd = async (): Promise<string> => {
    if (performance.now() - estimated.at >= estimateMs)
      estimated = { at: performance.now(), finishesAt: new Date(await estimate(latest.left)).toISOString() };
    return estimated.finishesAt;
  };
  const show = async () => {
    const finishesAt = await estimateEnd();
    if (closed || (onTerminal && isAsking?.())) return;
    if (json) return tell({ progress: true, ...latest, finishesAt });
    const text = formatProgress(latest, finishesAt);
    if (!onTerminal) return printIfPossible(io.stderr, `${text}\n`);
    line.show(text);
  };
  // A long wait for the next hour is told of, too.
  const timer = setInterval(() => void show().catch(() => {}), onTerminal ? terminalMs : minuteMs);
  timer.unref();
  const say = (text: string) => {
    line.clear();
    void printIfPossible(io.stderr, `${text}\n`);
  };

  return {
    onProgress(progress) {
      latest = progress;
    },
    onRefused(row, { field, reason, requestId }) {
      if (json) tell({ refused: true, line: row.line, field, reason, requestId });
    },
    onNote(row, note) {
      if (json) tell({ note: true, line: row.line, text: note });
      else say(`line ${row.line}: ${note}`);
    },
    async finish(result, errors) {
      closed = true;
      line.clear();
      const { complete, ...counts } = result;
      if (json)
        return print(io.stdout, `${JSON.stringify({ [complete ? "done" : "stopped"]: true, ...counts, errors })}\n`);
      return printWrapped(io.stdout, formatResult(result, errors));
    },
    close() {
      closed = true;
      line.clear();
      clearInterval(timer);
    },
  };
}

function formatCounts({ created, updated, unchanged, refused }: ImportProgress | ImportResult): string {
  return `${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
}

function formatProgress(progress: ImportProgress, finishesAt: string): string {
  return `${formatCount(progress.rows, "row")}: ${formatCounts(progress)}; ${formatCount(progress.left, "request")} left, done at ${formatTime(finishesAt)}`;
}

function formatResult(result: ImportResult, errors: string | null): string {
  const { complete, rows, requests, lost, open } = result;
  const lines = [
    `${complete ? "Done" : "Stopped"}: ${formatCount(rows, "row")}, ${formatCounts(result)}; ${formatCount(requests, "request")}`,
    ...(lost > 0
      ? [
          `${lost} of them were sent again after an answer was lost: whether that made or changed a contact twice over cannot be told`,
        ]
      : []),
    ...(open > 0 ? [`${open} were on their way: they are sent again`] : []),
    ...(errors === null ? [] : [`What was refused is in ${errors}: mend it there, and import that file`]),
    ...(complete ? [] : ["Run the same command again to go on"]),
  ];
  return `${lines.join("\n")}\n`;
}
