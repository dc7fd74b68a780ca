/**
 * Sends what nobody sends on purpose to every way in (`testing/fuzz`); the exit code says whether all of it was borne.
 *
 *   npm run fuzz                                  200,000 inputs, shared among the entries
 *   npm run fuzz -- --inputs 10000 --seed 7       fewer; the same ones again
 *   npm run fuzz -- --only api --only cli         some of the entries
 *   npm run fuzz -- --only api --input '{…}'      one input again, as a failure prints it
 */
import process from "node:process";
import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import type { Entry } from "../../testing/fuzz/entry.ts";
import { entries } from "../../testing/fuzz/index.ts";
import { type Failure, fuzzEntry } from "../../testing/fuzz/run/fuzz-entry.ts";
import { startWatch } from "../../testing/fuzz/run/watch.ts";

const { values } = readOptions({
  options: {
    inputs: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", multiple: true },
    input: { type: "string" },
  },
});
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (!(Number.isSafeInteger(inputs) && inputs > 0)) refuseUsage("--inputs: give a whole number, such as 10000.");
if (!Number.isSafeInteger(seed)) refuseUsage("--seed: give a whole number, as a run prints it.");
const chosen = entries.filter(({ name }) => values.only?.includes(name) ?? true);
if (chosen.length !== (values.only?.length ?? entries.length))
  refuseUsage(`--only: give some of ${entries.map(({ name }) => name).join(", ")}, each once.`);
if (values.input !== undefined && chosen.length !== 1) refuseUsage("--input goes with one --only.");

const watch = startWatch();

/** What nothing waited for has failed: in this process, it is the product's mistake. */
const escaped: string[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) =>
    escaped.push(`${event}: ${error instanceof Error ? error.stack : String(error)}`),
  );

/** What is tried now: whatever ends this process, or leaves it with nothing to wait for, is its doing. */
let current: { name: string; input: unknown } | undefined;
process.on("exit", () => {
  if (current)
    reportFailure(current.name, { kind: "last", input: current.input, harms: ["it ends the process"], seed });
});

/** The failures as somebody can paste them. */
function reportFailure(name: string, { kind, input, harms, seed: failedSeed }: Failure): void {
  const pasted = JSON.stringify(input).replaceAll("'", "'\\''");
  console.error(`\nFAILED ${name} (${kind}, seed ${failedSeed})\n  ${harms.join("\n  ")}`);
  console.error(`  npm run fuzz -- --only ${name} --input '${pasted}'`);
}

async function runEntry(entry: Entry<unknown>, count: number): Promise<boolean> {
  const started = performance.now();
  const opened = await entry.open();
  let slowestMs = 0;
  const judged = {
    ...opened,
    async try(input: unknown) {
      const began = performance.now();
      const harms = await opened.try(input);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      await new Promise(setImmediate);
      return [...harms, ...escaped.splice(0)];
    },
  };
  const began = (input: unknown): void => {
    current = { name: entry.name, input };
    watch.begin(entry.name, input);
  };
  const { tried, failures } =
    values.input === undefined
      ? await fuzzEntry(judged, { inputs: count, seed, began })
      : {
          tried: 1,
          failures: [
            { kind: "given", seed, input: JSON.parse(values.input), harms: await judged.try(JSON.parse(values.input)) },
          ],
        };
  current = undefined;
  const { harms, figures } = await opened.close();
  const failed = failures.filter((failure) => failure.harms.length > 0);
  for (const failure of failed) reportFailure(entry.name, failure);
  for (const harm of harms) console.error(`\nFAILED ${entry.name}, at the end\n  ${harm}`);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const counts = `${tried} inputs, ${failed.length + harms.length} failures`;
  const times = `${seconds(performance.now() - started)}, the slowest ${seconds(slowestMs)}`;
  console.log(`${entry.name}: ${[counts, times, figures].filter((each) => each !== "").join(", ")}`);
  return failed.length + harms.length === 0;
}

async function run(): Promise<boolean> {
  console.log(`seed ${seed}`);
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  let isFine = true;
  for (const entry of chosen) {
    const wasFine = await runEntry(entry, Math.ceil((inputs * entry.share) / shares));
    isFine &&= wasFine;
  }
  return isFine;
}

process.exitCode = 1;
try {
  if (await run()) process.exitCode = 0;
} catch (error) {
  // It would be taken for the product's.
  console.error(error);
}
await watch.end();
