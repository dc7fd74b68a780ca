/**
 * Everything that is tortured, one after the other; the exit code says whether all of it held.
 *
 *   npm run torture                       100,000 sends (sends.ts), then a receiver killed 200 times (events.ts)
 *   npm run torture -- --sends 3000 --rounds 20
 *   npm run torture -- --engine sends | sqlite | redis     one of them alone
 *   npm run torture -- --engine import --rounds 200        imports that are killed (imports.ts)
 *   npm run torture -- --engine sync --rounds 200          syncs that are ended anywhere (syncs.ts)
 *   npm run torture -- --engine export --rounds 200        exports that are killed (exports.ts)
 *   npm run torture -- --engine queue --rounds 200         workers that share imports, and are killed (queue.ts)
 *   npm run torture -- --engine zapier --runs 500          Zapier's build (zapier.ts)
 *   npm run torture -- --engine person --runs 5000         models that want to send where only a person does (person.ts)
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";

const { values } = readOptions({
  options: {
    engine: { type: "string" },
    campaign: { type: "string" },
    target: { type: "string" },
    table: { type: "string" },
    extensions: { type: "string" },
    rounds: { type: "string" },
    runs: { type: "string" },
    sends: { type: "string" },
    seed: { type: "string" },
  },
});

/** Runs one script to its end. @returns whether it held */
function runScript(script: string, options: Record<string, string | undefined>): boolean {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, script), ...given];
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status === 0;
}

const { engine, rounds, runs, sends, seed, campaign, target, table, extensions } = values;
if (
  engine !== undefined &&
  !["sends", "sqlite", "redis", "import", "queue", "export", "sync", "zapier", "person"].includes(engine)
)
  refuseUsage(
    "--engine: give sends, sqlite, redis, import, queue, export, sync, zapier or person, or leave it out for sends and sqlite.",
  );
const outcomes = [
  ...(engine === undefined || engine === "sends" ? [runScript("sends.ts", { sends, seed })] : []),
  ...(engine === "import" ? [runScript("imports.ts", { rounds, seed })] : []),
  ...(engine === "export" ? [runScript("exports.ts", { rounds, seed, campaign, target, table, extensions })] : []),
  ...(engine === "sync" ? [runScript("syncs.ts", { rounds, seed })] : []),
  ...(engine === "queue" ? [runScript("queue.ts", { rounds, seed })] : []),
  ...(engine === "zapier" ? [runScript("zapier.ts", { runs, seed })] : []),
  ...(engine === "person" ? [runScript("person.ts", { runs, seed })] : []),
  ...(["sends", "import", "queue", "export", "sync", "zapier", "person"].includes(engine ?? "")
    ? []
    : [runScript("events.ts", { engine: engine ?? "sqlite", rounds })]),
];
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
