/**
 * Imports of several orgs by three workers on one queue: workers are killed, stopped for a while and gone on with, and the engine is
 * killed and started again, at random moments, against servers with lag, 429s, and every way in which a request or its answer can be
 * lost. Each org's contacts must be as its file has them, none lost and none twice without need; reports, refused rows and journals
 * agree; no more requests are made than tickets of the org's hour were taken; no org waits much longer than the others; no key is kept.
 *
 *   npm run torture -- --engine queue                 200 kills and stops, on Redis (BullMQ) and Postgres (pg-boss) in turn
 *   npm run torture -- --engine queue --rounds 8
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openRows } from "../../src/data/index.ts";
import { nameImport } from "../../src/data/queue/import-state.ts";
import { openSharedImports } from "../../src/data/queue/shared-imports.ts";
import { openSharedJournal } from "../../src/data/queue/shared-journal.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { createRandom } from "../../testing/hostile/random.ts";
import { judgeImport } from "../../testing/imports/judge.ts";
import { findLongestWait, judgeTakeovers, judgeTickets } from "../../testing/imports/judge-workers.ts";
import {
  type Engine,
  type EngineName,
  keyStart,
  type Org,
  startEngine,
  WorkersWorld,
} from "../../testing/imports/workers.ts";
import { type OrgDone, WorkersCampaign } from "../../testing/imports/workers-campaign.ts";

const { values } = readOptions({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) refuseUsage("--rounds: give a whole number of at least 1.");
const random = createRandom(Number(values.seed)).next;

const orgsAtOnce = 5;
const rowsOfAnOrg = 120;
const maxLagMs = 250;
const roundsOfACampaign = 12;
/** A worker that is not heard of is followed within its lease, a check and a retry, twice over. */
const maxWaitMs = 90_000;

const totals = {
  campaigns: 0,
  kills: 0,
  stops: 0,
  restarts: 0,
  orgs: 0,
  rows: 0,
  requests: 0,
  answersLost: 0,
  longestWaitMs: 0,
  waitRatio: 0,
};
const violations: string[] = [];

async function readJournalIds(engine: Engine, { name, file, server }: Org, folder: string): Promise<string[]> {
  const { store, close } = await openSharedImports(engine.url);
  try {
    const path = join(folder, `journal-${name}`);
    (await openSharedJournal(store, nameImport({ org: name, baseUrl: server.url, file }), null, path)).close();
    const sql = openSqlite(path, { readOnly: true });
    const rows = sql.prepare("SELECT contact_id AS id FROM rows WHERE state = 'done'").all() as { id: string }[];
    sql.close();
    return rows.map(({ id }) => id);
  } finally {
    await close();
  }
}

async function readRefusedLines(errors: string | null): Promise<number[]> {
  if (errors === null) return [];
  const rows = await openRows(errors);
  const column = rows.columns.indexOf("line");
  const lines: number[] = [];
  for await (const { cells } of rows.rows()) lines.push(Number(cells[column]));
  return lines;
}

async function judgeOrg(
  engine: Engine,
  org: Org,
  done: OrgDone,
  folder: string,
  breaks: readonly number[],
): Promise<void> {
  const { name, source, server } = org;
  const refusedLines = await readRefusedLines(done.errors);
  const journalIds = await readJournalIds(engine, org, folder);
  const found = [
    ...judgeImport({
      source,
      server,
      done,
      refusedLines,
      journalIds,
      judgeRepeated: (attempts) => judgeTakeovers(attempts, breaks),
    }),
    ...judgeTickets(name, server.attempts, await engine.countTickets(`${server.url} ${name}`)),
  ];
  violations.push(...found.map((each) => `${name}: ${each}`));
  totals.orgs += 1;
  totals.rows += done.rows;
  totals.requests += server.attempts.length;
  totals.answersLost += done.lost;
}

function judgeWaits(orgs: readonly Org[], startedAt: number): void {
  const waits = orgs.map(({ server }) => findLongestWait(server.attempts, startedAt)).sort((a, b) => a - b);
  const [longest = 0, middle = 1] = [waits.at(-1), waits[Math.floor(waits.length / 2)]];
  totals.longestWaitMs = Math.max(totals.longestWaitMs, Math.round(longest));
  totals.waitRatio = Math.max(totals.waitRatio, Math.round((10 * longest) / middle) / 10);
  if (longest > maxWaitMs) violations.push(`an org waited ${Math.round(longest)} ms`);
}

async function runCampaign(name: EngineName, left: number): Promise<void> {
  const engine = await startEngine(name);
  const world = new WorkersWorld(engine);
  try {
    for (let number = 0; number < orgsAtOnce; number++)
      await world.addOrg(`org ${number}`, rowsOfAnOrg, { share: 0.08, maxLagMs, random });
    const startedAt = performance.now();
    const campaign = new WorkersCampaign(engine, world, left, random);
    const done = await campaign.run();
    violations.push(...campaign.violations);
    for (const each of ["kills", "stops", "restarts"] as const) totals[each] += campaign.counts[each];
    const breaks = campaign.timeline.map(({ at }) => at);
    for (const org of world.orgs) await judgeOrg(engine, org, done.get(org.name) as never, world.folder, breaks);
    judgeWaits(world.orgs, startedAt);
    if ((await engine.dump()).includes(keyStart)) violations.push(`${name}: a key is kept`);
    totals.campaigns += 1;
  } finally {
    await world.close();
    await engine.close();
    rmSync(world.folder, { recursive: true, force: true });
  }
}

const started = Date.now();
for (let number = 0; totals.kills + totals.stops < rounds && violations.length === 0; number++) {
  const left = rounds - totals.kills - totals.stops;
  await runCampaign(number % 2 === 0 ? "redis" : "postgres", Math.min(left, roundsOfACampaign, Math.ceil(rounds / 2)));
  console.error(
    `${totals.kills} kills, ${totals.stops} stops, ${totals.restarts} restarts of the engine, ${totals.orgs} imports`,
  );
}
const seconds = Math.round((Date.now() - started) / 1000);
console.log(JSON.stringify({ engine: "queue", seed: values.seed, ...totals, violations: violations.length, seconds }));
for (const violation of violations.slice(0, 20)) console.error(violation);
process.exitCode = violations.length === 0 ? 0 : 1;
