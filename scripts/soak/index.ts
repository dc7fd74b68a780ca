/**
 * Everything at once, for minutes: the API on a data file of the previous schema, three receivers on one Redis, three MCP servers
 * that only a person can make send, three senders, three workers that import, and exports, while processes are killed, stopped and
 * frozen, Redis dies, clocks jump, and requests and answers are lost. Then an oracle that shares no code with the product
 * judges what went over the wire and what the files have. The last line is the report; the exit code says whether all of it held.
 *
 *   npm run soak                          ten minutes
 *   npm run soak -- --seconds 30          shorter
 *   npm run soak -- --seed 7              the same choices again (what processes do meanwhile is theirs)
 *   npm run soak -- --keep                leaves the folder of the run, as a violation does
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { skipped } from "../../testing/redis-server.ts";
import { judgeSoak } from "../../testing/soak/judge/index.ts";
import { describeSoak } from "../../testing/soak/report.ts";
import { runSoak } from "../../testing/soak/soak.ts";
import { killAll } from "../../testing/soak/world/slot.ts";

const shownViolations = 30;

const { values } = readOptions({
  options: {
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    keep: { type: "boolean", default: false },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!Number.isInteger(seconds) || seconds < 5) refuseUsage("--seconds: give a whole number of at least 5.");
if (!Number.isInteger(seed)) refuseUsage("--seed: give a whole number.");
if (skipped !== null) refuseUsage("npm run soak needs redis-server (apt-get install redis-server).");

const folder = mkdtempSync(join(tmpdir(), "onsync-soak-"));
// What anything here leaves for a while is in there, too. Hundreds of processes run the same modules: the first compiles them.
process.env.TMPDIR = folder;
process.env.NODE_COMPILE_CACHE ??= join(folder, "compiled");
const clear = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    killAll();
    clear();
    process.exit(130);
  });
process.once("exit", killAll);

const started = performance.now();
let isKept = true;
try {
  const soaked = await runSoak({ seed, seconds, folder, tell: (line) => console.error(line) });
  const violations = judgeSoak(soaked.evidence);
  isKept = values.keep || violations.length > 0;
  for (const violation of violations.slice(0, shownViolations)) console.error(violation);
  const took = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ seed, seconds, took, ...describeSoak(soaked), violations: violations.length }));
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  killAll();
  if (isKept) console.error(`What it left is in ${folder}.`);
  else clear();
}
