/**
 * Kills exports at random moments, and the receiver that they follow, and starts them again until they are done, while messages
 * arrive and statuses change; and judges the target by what the server knows: every row once, in its newest state, none lost,
 * none backwards, and a last line that is true.
 *
 *   npm run torture -- --engine export                          200 kills, shared by all campaigns and targets
 *   npm run torture -- --engine export --rounds 20
 *   npm run torture -- --engine export --campaign follow --target postgres --seed 7
 *   npm run torture -- --engine export --campaign gap --extensions off --table messages
 */
import { join, resolve } from "node:path";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import type { TableName } from "../../testing/exports/inbox/inbox.ts";
import {
  type CampaignName,
  campaignNames,
  type Outcome,
  runCampaign,
} from "../../testing/exports/process/campaigns.ts";
import { openDuckDb } from "../../testing/exports/targets/duckdb.ts";
import { openFiles } from "../../testing/exports/targets/files.ts";
import { openPostgres } from "../../testing/exports/targets/postgres.ts";
import type { ReadableTarget } from "../../testing/exports/targets/target.ts";
import { type PostgresServer, skipped, startPostgres } from "../../testing/postgres-server.ts";

const targetNames = ["ndjson", "csv", "parquet", "duckdb", "postgres"] as const;
type TargetName = (typeof targetNames)[number];

const { values } = readOptions({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    campaign: { type: "string" },
    target: { type: "string" },
    table: { type: "string" },
    /** `on` or `off`; left out: on in most. */
    extensions: { type: "string" },
    /** A program in the command's place, with its first arguments. */
    subject: { type: "string" },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) refuseUsage("--rounds: give a whole number of at least 1.");
const killsEach = 4;
const atOnce = 3;

function choose<Name extends string>(
  option: string,
  given: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  const found = names.filter((name) => given === undefined || given.split(",").includes(name));
  if (found.length === 0) refuseUsage(`--${option}: give ${names.join(", ")}.`);
  return found;
}

function readSubject(subject: string): string[] {
  const [program = "", ...args] = subject.split(" ");
  return [resolve(program), ...args];
}

const campaigns = choose("campaign", values.campaign, campaignNames);
const targets = choose("target", values.target, targetNames).filter((name) => name !== "postgres" || skipped === null);
const command = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  ...(values.subject ? readSubject(values.subject) : [join(import.meta.dirname, "../../cli/onsync.ts"), "export"]),
];

let postgres: PostgresServer | undefined;

async function openTarget(name: TargetName, folder: string, seed: number): Promise<ReadableTarget> {
  if (name === "duckdb") return openDuckDb(join(folder, "warehouse.duckdb"));
  if (name !== "postgres") return openFiles(join(folder, "out"), name);
  return openPostgres(postgres as PostgresServer, `export_${seed}`);
}

type Total = { campaign: CampaignName; target: TargetName; runs: number; violations: number } & Omit<
  Outcome,
  "violations" | "counts"
> &
  Outcome["counts"];
const totals = new Map<string, Total>();
let [kills, failures, next] = [0, 0, 0];

function add(campaign: CampaignName, target: TargetName, { counts, violations, ...outcome }: Outcome): void {
  const none = {
    kills: 0,
    stops: 0,
    freezes: 0,
    lives: 0,
    failures: 0,
    receiverKills: 0,
    rows: 0,
    requests: 0,
    violations: 0,
  };
  const total = totals.get(`${campaign} ${target}`) ?? { campaign, target, runs: 0, ...none };
  const found = { ...counts, ...outcome, violations: violations.length };
  for (const name of Object.keys(none) as (keyof typeof none)[]) total[name] += found[name];
  total.runs += 1;
  totals.set(`${campaign} ${target}`, total);
}

const chosen = {
  ...(values.table && { table: values.table as TableName }),
  ...(values.extensions && { extensions: values.extensions === "on" }),
};

/** Campaigns one after the other, each with a seed of its own, until there were kills enough. */
async function work(): Promise<void> {
  while (kills < rounds && failures < 5) {
    const number = next++;
    const seed = Number(values.seed) + number;
    const campaign = campaigns[number % campaigns.length] as CampaignName;
    const target = targets[Math.floor(number / campaigns.length) % targets.length] as TargetName;
    kills += killsEach;
    const settings = { ...chosen, seed, command, kills: killsEach };
    const outcome = await runCampaign(campaign, {
      ...settings,
      openTarget: (folder) => openTarget(target, folder, seed),
    });
    add(campaign, target, outcome);
    console.error(`${campaign} ${target} --seed ${seed}: ${outcome.counts.lives} lives, ${outcome.rows} rows`);
    if (outcome.violations.length === 0) continue;
    failures += 1;
    console.error(
      `--campaign ${campaign} --target ${target} --seed ${seed} --rounds 1: ${outcome.violations.length} violations`,
    );
    for (const violation of outcome.violations.slice(0, 8)) console.error(`  ${violation}`);
  }
}

const started = Date.now();
try {
  if (targets.includes("postgres")) postgres = await startPostgres();
  await Promise.all(Array.from({ length: atOnce }, work));
} finally {
  await postgres?.close();
}
console.table([...totals.values()]);
const seconds = Math.round((Date.now() - started) / 1000);
console.log(JSON.stringify({ engine: "export", seed: values.seed, rounds: kills, failures, seconds }));
process.exitCode = failures === 0 ? 0 : 1;
