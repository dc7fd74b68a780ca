/**
 * Edits a CRM's file and an inbox at random, and syncs them, however often that is ended: between any two steps of it, with
 * answers lost, refused and late; and holds both sides against a model of what must be.
 *
 *   npm run torture -- --engine sync                 200 kills
 *   npm run torture -- --engine sync --rounds 20 --seed 7
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { createRandom } from "../../testing/hostile/random.ts";
import { Campaign, type Mode } from "../../testing/syncs/campaign.ts";

const { values } = readOptions({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const kills = Number(values.rounds);
if (!Number.isInteger(kills) || kills < 1) refuseUsage("--rounds: give a whole number of at least 1.");
const modes: readonly Mode[] = ["events", "list", "one by one"];
const roundsEach = 8;

const totals = { campaigns: 0, syncs: 0, kills: 0, edits: 0, conflicts: 0, requests: 0 };
const violations: string[] = [];
const started = Date.now();
for (let seed = Number(values.seed); totals.kills < kills && violations.length === 0; seed++) {
  for (const mode of modes) {
    const folder = mkdtempSync(join(tmpdir(), "onsync-torture-sync-"));
    const campaign = new Campaign(createRandom(seed), mode, folder);
    await campaign.run(roundsEach);
    rmSync(folder, { recursive: true, force: true });
    violations.push(...campaign.violations.map((violation) => `seed ${seed}, ${mode}: ${violation}`));
    totals.campaigns += 1;
    for (const [name, count] of Object.entries(campaign.totals)) totals[name as "kills"] += count;
  }
  console.error(`${totals.kills} kills, ${totals.syncs} syncs`);
}
console.log(
  JSON.stringify({
    ...{ engine: "sync", seed: values.seed, ...totals, violations: violations.length },
    seconds: Math.round((Date.now() - started) / 1000),
  }),
);
for (const violation of violations.slice(0, 20)) console.error(violation);
process.exitCode = violations.length === 0 ? 0 : 1;
