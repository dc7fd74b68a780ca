/**
 * Sends thousands of messages through the client in virtual time, to a model of OnSync that does whatever the API's
 * documentation allows, over networks that fail, from processes that are cut off at any step; and judges every outcome.
 *
 *   npm run torture:sends                                 100,000 sends
 *   npm run torture:sends -- --sends 3000 --seed 7
 *   npm run torture:sends -- --replay 1234                one run, with everything that happened in it
 *   npm run torture:sends -- --all                        goes on after a violation and counts them
 *   npm run torture:sends -- --only "one process"         one arrangement: one process, two processes, crash,
 *                                                         restart without ledger, ledger fails
 */

import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { createRealClient } from "../../testing/hostile/client.ts";
import type { ViolationKind } from "../../testing/hostile/oracle/truth.ts";
import { drawPlan, type Limits } from "../../testing/hostile/plan/draw.ts";
import { isPlain } from "../../testing/hostile/plan/plan.ts";
import { arrangements } from "../../testing/hostile/plan/processes.ts";
import { run } from "../../testing/hostile/run.ts";

const { values } = readOptions({
  options: {
    sends: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    replay: { type: "string" },
    all: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

function parseWholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) refuseUsage(`--${name}: give a whole number of at least 1.`);
  return number;
}

const arrangement = arrangements.find((one) => one === values.only);
if (values.only !== undefined && arrangement === undefined)
  refuseUsage(`--only: give one of ${arrangements.join(", ")}.`);
const limits: Limits = arrangement === undefined ? {} : { arrangement };

/** Prints one run's whole trace. @returns whether anything in it was wrong */
async function replay(seed: number): Promise<boolean> {
  const plan = drawPlan(seed, limits);
  const { trace, violations } = await run(plan, createRealClient, { trace: true });
  const names = (faults: readonly { name: string }[]) => faults.map(({ name }) => name).join("; ") || "none";
  console.log(
    `seed ${seed}: ${plan.behaviour}${plan.also === null ? "" : ` and ${plan.also}`}; ${plan.shape}; ledger ${plan.ledgerEngine}`,
  );
  console.log(`faults of sends: ${names(plan.sendFaults)}`);
  console.log(`faults of reads of the history: ${names(plan.historyFaults)}`);
  console.log(`server ${JSON.stringify(plan.server)}`);
  console.log(`processes ${JSON.stringify(plan.processes)}, stages ${JSON.stringify(plan.stages)}`);
  for (const line of trace) console.log(line);
  for (const { kind, text } of violations) console.log(`VIOLATION ${kind}: ${text}`);
  return violations.length > 0;
}

async function torture(sends: number, firstSeed: number): Promise<boolean> {
  const outcomes = new Map<string, Map<string, number>>();
  const violated = new Map<ViolationKind, { runs: number; seeds: number[] }>();
  const violatedBy = new Map<string, number>();
  const plain = { calls: 0, unknown: 0, exists: 0 };
  let calls = 0;
  let wrongRuns = 0;
  let seed = firstSeed;
  const started = performance.now();
  for (; calls < sends; seed += 1) {
    const plan = drawPlan(seed, limits);
    const result = await run(plan, createRealClient);
    calls += result.calls.length;
    const counts = outcomes.get(plan.behaviour) ?? new Map<string, number>();
    outcomes.set(plan.behaviour, counts);
    for (const { said, stage } of result.calls) {
      counts.set(said.kind, (counts.get(said.kind) ?? 0) + 1);
      if (isPlain(plan) && stage === 0) {
        plain.calls += 1;
        if (said.kind === "unknown") plain.unknown += 1;
        if (said.kind === "unknown" && result.messages > 0) plain.exists += 1;
      }
    }
    if (result.violations.length === 0) continue;
    wrongRuns += 1;
    const kinds = new Set(result.violations.map(({ kind }) => kind));
    for (const kind of kinds) {
      const seen = violated.get(kind) ?? { runs: 0, seeds: [] };
      violated.set(kind, { runs: seen.runs + 1, seeds: [...seen.seeds, seed].slice(0, 5) });
    }
    violatedBy.set(plan.behaviour, (violatedBy.get(plan.behaviour) ?? 0) + 1);
    if (!values.all) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const runs = seed - firstSeed + (wrongRuns > 0 && !values.all ? 1 : 0);
  for (const [behaviour, counts] of [...outcomes].sort())
    console.log(
      `${behaviour.padEnd(58)} ${[...counts]
        .sort()
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ")}${violatedBy.has(behaviour) ? `, runs with violations ${violatedBy.get(behaviour)}` : ""}`,
    );
  const share = plain.calls === 0 ? 0 : (100 * plain.unknown) / plain.calls;
  console.log(
    `conforming server, plain faults: unknown ${plain.unknown} of ${plain.calls} first calls (${share.toFixed(1)} %), ${plain.exists} of them in runs where a message exists in the end`,
  );
  const doubled = violated.get("doubled")?.runs ?? 0;
  console.log(`doubled: ${doubled} runs; wrong in another way: ${wrongRuns - doubled} runs`);
  for (const [kind, { runs: count, seeds }] of violated)
    console.log(`${kind}: ${count} runs, such as seeds ${seeds.join(", ")}`);
  console.log(
    `${calls} sends in ${runs} runs, seeds ${firstSeed} to ${firstSeed + runs - 1}, ${Math.round(calls / seconds)} sends/s: ${wrongRuns} runs with violations`,
  );
  if (wrongRuns > 0 && !values.all) await replay(seed);
  return wrongRuns > 0;
}

const isWrong =
  values.replay === undefined
    ? await torture(parseWholeNumber(values.sends, "sends"), parseWholeNumber(values.seed, "seed"))
    : await replay(parseWholeNumber(values.replay, "replay"));
process.exitCode = isWrong ? 1 : 0;
