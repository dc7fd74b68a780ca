/** A worker, from its orgs' keys to the imports that it takes from the queue. */
import { readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { defaultBaseUrl } from "../../src/api/index.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import { FairSlots } from "../../src/data/budget/fair-slots.ts";
import type { ImportJob, ImportState } from "../../src/data/queue/import-state.ts";
import { type TurnOptions, workOnImport } from "../../src/data/queue/work-on-import.ts";
import { Cleanup } from "../cleanup.ts";
import { type OrgImport, readOrgsFile } from "../import/orgs/orgs-file.ts";
import { formatEnd } from "../import/orgs/report.ts";
import { warnOfExposure } from "../import/orgs/run-orgs.ts";
import { formatCount } from "../import/plan-text.ts";
import { listenForStop } from "../lifecycle.ts";
import { countRequests } from "../metrics/hooks.ts";
import { openMetrics } from "../metrics/index.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type Io, print, printIfPossible } from "../output/io.ts";
import { createLog, type Log } from "../output/log.ts";
import { connect } from "../settings/connection.ts";
import { findBaseUrl } from "../settings/environment.ts";
import type { LedgerChoice } from "../settings/ledger.ts";
import type { MetricsOptions } from "../settings/options.ts";
import { type OpenQueue, openQueue } from "../settings/queue.ts";

export type WorkOptions = LedgerChoice & MetricsOptions & { queue: string; orgs: string; places: number; json?: true };

/** After this long an import makes room for others that wait, in milliseconds. */
const turnMs = 60 * 60 * 1000;
/** How long the engine may take when all work is done, in milliseconds. */
const maxClosingMs = 5_000;
/** Requests under way at once, at most. */
const maxRequests = 64;

export async function workUntilStopped(io: Io, options: WorkOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  const { imports, isExposed } = await readOrgsFile(options.orgs, io.env);
  if (isExposed) await warnOfExposure(io, options.orgs);
  const cleanup = new Cleanup();
  const stop = listenForStop();
  try {
    removeLeftFolders();
    const opened = await openMetrics(io.env, "work", options, log);
    if (opened) cleanup.add(opened.close);
    const metrics = opened?.metrics;
    const shared = await openQueue(io, options, log, cleanup);
    const slots = new FairSlots(maxRequests, options.places);
    const free = Array.from({ length: options.places }, (_, place) => place);
    const underWay = new Set<Promise<boolean>>();
    const stopWorking = await shared.queue.work(options.places, async (ticket) => {
      const place = free.pop() ?? 0;
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(turnMs)]);
      const turn = createTurn(io, shared, imports, options, log, metrics);
      const work = workOnImport({ ...turn, slots: slots.of(place), signal }, ticket);
      underWay.add(work);
      metrics?.record("onsync_imports_under_way", underWay.size, {});
      return work.finally(() => {
        underWay.delete(work);
        metrics?.record("onsync_imports_under_way", underWay.size, {});
        free.push(place);
      });
    });
    await announce(io, imports, options, opened?.url);
    await stop.requested;
    const stopped = stopWorking();
    await Promise.allSettled(underWay);
    endIfLate(io);
    await stopped;
  } finally {
    stop.dispose();
    await cleanup.run();
  }
}

/** An engine that is away is not waited for: what it could not be told of, it gives to another worker. */
function endIfLate(io: Io): void {
  const late = setTimeout(() => {
    void printIfPossible(io.stderr, "The queue does not answer: ending without it.\n");
    process.exit(1);
  }, maxClosingMs);
  late.unref();
}

function announce(
  io: Io,
  imports: readonly OrgImport[],
  { json }: WorkOptions,
  metricsUrl: string | undefined,
): Promise<void> {
  const orgs = new Set(imports.map(({ org }) => org)).size;
  if (json) return print(io.stdout, `${JSON.stringify({ ready: true, orgs, metricsUrl })}\n`);
  return printIfPossible(io.stderr, `Waiting for imports of ${formatCount(orgs, "org")}. Ctrl-C ends it.\n`);
}

function createTurn(
  io: Io,
  { store, ledger }: OpenQueue,
  imports: readonly OrgImport[],
  { json }: WorkOptions,
  log: Log,
  metrics: Metrics | undefined,
): Omit<TurnOptions, "slots" | "signal"> {
  return {
    store,
    ledger,
    worker: `${hostname()} ${process.pid}`,
    connect: async (job) =>
      connect(findOrg(imports, job).env, log, { maxAttempts: 1, counting: countRequests(metrics, job.org) }),
    onEnd: (state) => {
      metrics?.record("onsync_imports_total", 1, { outcome: state.result ? "done" : "failed" });
      void print(io.stdout, json ? formatEndEvent(state) : formatEndLine(state)).catch(() => {});
    },
  };
}

/** Another worker may have it. */
function findOrg(imports: readonly OrgImport[], { org, baseUrl }: ImportJob): OrgImport {
  const found = imports.find(
    (each) => each.org === org && parseBaseUrl(findBaseUrl(each.env) ?? defaultBaseUrl) === baseUrl,
  );
  if (found) return found;
  throw new Error(`the orgs' file of this worker has no ${org} at ${baseUrl}`);
}

function formatEndEvent({ job: { org, file }, result, failure }: ImportState): string {
  const end = result ? { done: true, org, file, ...result } : { failed: true, org, file, error: failure };
  return `${JSON.stringify(end)}\n`;
}

function formatEndLine({ job: { org, file }, result, failure }: ImportState): string {
  return `${org}, ${file}: ${result ? formatEnd(true, result, null) : `Failed: ${failure}`}\n`;
}

/** Of workers that were killed: they have a copy of what was imported. */
function removeLeftFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^onsync-work-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isRunning(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
