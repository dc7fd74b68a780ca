/**
 * What everyday tasks cost an agent: calls, tokens of the answers, requests of the org's budget, and whether they were done.
 *
 *   node bench/agent.ts [--before PATH] [--tasks N]
 *
 * PATH: another checkout of this repository, measured beside this one. N: the first tasks alone. ONSYNC_BENCH_MODEL_URL,
 * _KEY and ONSYNC_BENCH_MODEL: a real model in place of the scripted policies.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cost, measureTask, summarize } from "../testing/agent/measure.ts";
import { readModel } from "../testing/agent/model.ts";
import { tasks } from "../testing/agent/tasks/index.ts";
import { formatTable } from "./measure.ts";

const { values } = parseArgs({
  options: { before: { type: "string" }, tasks: { type: "string", default: String(tasks.length) } },
});
const here = join(import.meta.dirname, "..");
const model = readModel(process.env);

function toCells({ done, calls, tokens, requests }: Cost): string[] {
  return [done ? "yes" : "no", ...[calls, tokens, requests].map((count) => count.toLocaleString("en"))];
}

const rows: string[][] = [];
const after: Cost[] = [];
const before: Cost[] = [];
for (const task of tasks.slice(0, Number(values.tasks))) {
  const cost = await measureTask(here, task, model);
  after.push(cost);
  const row = [task.name, ...toCells(cost), String(task.leastRequests)];
  if (values.before !== undefined) {
    const earlier = await measureTask(values.before, task, model);
    before.push(earlier);
    row.push(...toCells(earlier));
  }
  rows.push(row);
}
const columns = ["done", "calls", "answer tokens", "requests"];
const head = [
  "task",
  ...columns,
  "fewest possible",
  ...(values.before === undefined ? [] : columns.map((column) => `before: ${column}`)),
];
console.log(formatTable(head, rows));
for (const line of ["", ...summarize(after, before)]) console.log(line);
