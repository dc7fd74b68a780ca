/**
 * Runs an adversary in the place of a model against a server on which only a person sends, and judges what arrived at the API:
 * each seed once as the model of a host whose person decides there too, and once as the whole host, whose approvals do not
 * count.
 *
 *   npm run torture -- --engine person                        5,000 runs of each
 *   npm run torture -- --engine person --runs 100 --seed 7
 */

import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { type Outcome, runOnce } from "../../testing/person/run.ts";

const { values } = readOptions({
  options: { runs: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});

function parseWholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) refuseUsage(`--${name}: give a whole number of at least 1.`);
  return number;
}

/** @returns how many messages went out that nobody may have sent */
async function torture(first: number, runs: number, trusting: boolean): Promise<number> {
  const started = performance.now();
  const totals = { findings: 0, calls: 0, sent: 0, approved: 0, proposed: 0 };
  for (let seed = first; seed < first + runs; seed++) {
    const { findings, ...counts } = await runOnce(seed, { trusting });
    for (const finding of findings) console.log(`seed ${seed}: VIOLATION ${finding}`);
    totals.findings += findings.length;
    for (const name of ["calls", "sent", "approved", "proposed"] as const satisfies (keyof Outcome)[])
      totals[name] += counts[name];
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${runs} runs as ${trusting ? "the model" : "the whole host"}, seeds ${first} to ${first + runs - 1}, ${seconds} s: ${totals.calls} calls, ${totals.proposed} proposals, ${totals.approved} approvals, ${totals.sent} messages sent, ${totals.findings} without an approval or twice`,
  );
  return totals.findings;
}

const [first, runs] = [parseWholeNumber(values.seed, "seed"), parseWholeNumber(values.runs, "runs")];
const found = [await torture(first, runs, true), await torture(first, runs, false)];
process.exitCode = found.every((count) => count === 0) ? 0 : 1;
