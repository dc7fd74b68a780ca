/** How an export tells what it does: one line that is written over on a terminal, a line a minute elsewhere, or JSON. */
import type { ExportProgress, ExportResult, FeedGap } from "../../src/data/index.ts";
import { createTerminalLine, type Io, type Output, print, printIfPossible } from "../output/io.ts";
import { findColumns, wrapText } from "../output/wrap.ts";

const minuteMs = 60_000;
const terminalMs = 200;
/** An estimate asks the ledger: a terminal that is written over five times a second does with one for several. */
const estimateMs = 5_000;

export type ExportReport = {
  onProgress(progress: ExportProgress): void;
  onGap(gap: FeedGap): void;
  onFollow(): void;
  onTrouble(error: unknown): void;
  finish(result: ExportResult): Promise<void>;
  close(): void;
};

type ReportOptions = {
  json: boolean;
  /** Whether stdout is what is exported to: all else goes to stderr. */
  isStdoutTaken: boolean;
  estimate: (requests: number) => Promise<number>;
};

export function createExportReport(io: Io, { json, isStdoutTaken, estimate }: ReportOptions): ExportReport {
  const output = isStdoutTaken ? io.stderr : io.stdout;
  const onTerminal = !json && io.stderr.isTTY === true;
  const line = createTerminalLine(io);
  const estimateEnd = createEstimate(estimate);
  let latest: ExportProgress = { rows: 0, requests: 0, left: null };
  let isPlanned = false;
  let closed = false;

  const say = (event: object, text: string) =>
    json ? print(output, `${JSON.stringify(event)}\n`).catch(() => {}) : printIfPossible(io.stderr, `${text}\n`);
  const show = async () => {
    const finishesAt = await estimateEnd(latest);
    if (closed) return;
    const text = formatProgress(latest, finishesAt);
    if (onTerminal) line.show(text);
    else await say({ progress: true, ...describeProgress(latest), finishesAt }, text);
  };
  const plan = async ({ conversations, requests }: NonNullable<ExportProgress["left"]>) => {
    const finishesAt = await estimateEnd(latest);
    const text = `${formatCount(conversations, "conversation")} to read: ${formatEnd(finishesAt)}`;
    if (!onTerminal) await say({ plan: true, conversations, requests, finishesAt }, text);
  };
  // A long wait for the next hour is told of, too.
  const timer = setInterval(() => void show().catch(() => {}), onTerminal ? terminalMs : minuteMs);
  timer.unref();

  return {
    onProgress(progress) {
      latest = progress;
      if (isPlanned || progress.left === null) return;
      isPlanned = true;
      void plan(progress.left).catch(() => {});
    },
    onGap({ since }) {
      const from = since === null ? null : new Date(since).toISOString();
      line.clear();
      void say({ gap: true, since: from }, formatGap(from));
    },
    onFollow() {
      line.clear();
      void say({ following: true }, "Following the event log: Ctrl-C stops it");
    },
    onTrouble(error) {
      const reason = error instanceof Error ? error.message : String(error);
      line.clear();
      void say({ trouble: true, reason }, `The event log cannot be read, and is tried again: ${reason}`);
    },
    async finish(result) {
      closed = true;
      line.clear();
      await print(output, json ? `${JSON.stringify(describeResult(result))}\n` : formatResult(result, output));
    },
    close() {
      closed = true;
      line.clear();
      clearInterval(timer);
    },
  };
}

/** @returns when it will be done; `null` where that is not known yet */
function createEstimate(estimate: ReportOptions["estimate"]) {
  let estimated: { at: number; finishesAt: string | null } = { at: Number.NEGATIVE_INFINITY, finishesAt: null };
  return async ({ left }: ExportProgress): Promise<string | null> => {
    if (left !== null && performance.now() - estimated.at >= estimateMs)
      estimated = { at: performance.now(), finishesAt: new Date(await estimate(left.requests)).toISOString() };
    return estimated.finishesAt;
  };
}

function describeResult({ complete, unknown, ...counts }: ExportResult): object {
  const ended = { [complete ? "done" : "stopped"]: true, ...counts };
  return { ...ended, unknown: countUnknown({ unknown }), unknowns: unknown };
}

function formatGap(from: string | null): string {
  return `Events${from === null ? "" : ` after ${from}`} are gone from the event log before they were read: what they may have told of is read again, which is all`;
}

export function countUnknown({ unknown }: Pick<ExportResult, "unknown">): number {
  return unknown.reduce((sum, { count }) => sum + count, 0);
}

function describeProgress({ rows, requests, left }: ExportProgress): object {
  return { rows, requests, conversationsLeft: left?.conversations ?? null, requestsLeft: left?.requests ?? null };
}

/** As in `1 request` and `1,000 requests`. */
function formatCount(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}

/** In the time zone of whoever reads it. */
function formatEnd(finishesAt: string | null): string {
  if (finishesAt === null) return "when it will be done is known once all conversations are";
  return `done at ${new Date(finishesAt).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" })}`;
}

function formatProgress({ rows, requests, left }: ExportProgress, finishesAt: string | null): string {
  const counted = `${formatCount(rows, "row")}, ${formatCount(requests, "request")}`;
  return left === null
    ? `${counted}; reading the lists`
    : `${counted}; ${formatCount(left.conversations, "conversation")} left, ${formatEnd(finishesAt)}`;
}

function formatResult(result: ExportResult, output: Output): string {
  const { complete, rows, requests, completeUpTo, unknown, verified } = result;
  const lines = [
    `${complete ? "Done" : "Stopped"}: ${formatCount(rows, "row")}, ${formatCount(requests, "request")}`,
    ...(completeUpTo === null ? [] : [`Complete up to ${completeUpTo}`]),
    ...(unknown.length > 0 ? [`Not complete: ${formatCount(countUnknown(result), "thing")} cannot be known`] : []),
    ...unknown.map(({ what, count }) => `  ${count.toLocaleString("en-US")}: ${what}`),
    ...formatVerified(verified),
    ...(complete ? [] : ["Run the same command again to go on"]),
  ];
  return wrapText(`${lines.join("\n")}\n`, findColumns(output));
}

function formatVerified(verified: ExportResult["verified"]): string[] {
  if (verified === null) return [];
  const { compared, newer, missing, different, extra } = verified;
  const beside =
    extra === null || extra === 0 ? "" : `; ${formatCount(extra, "row")} that OnSync does not give any more`;
  return [
    `Read again: ${formatCount(compared, "row")}, ${newer} changed since and exported now, ${missing} missing, ${different} different${beside}`,
  ];
}
