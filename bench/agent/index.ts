/**
 * What everyday tasks cost an agent: calls, tokens of the answers, requests of the org's budget, and whether they were done.
 *
 *   node bench/agent/index.ts [--before PATH] [--tasks N]
 *
 * PATH: another checkout of this repository, measured beside this one. N: the first tasks alone.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../measure.ts";
import { startAgent } from "./server.ts";
import { type Task, tasks } from "./tasks.ts";
import { openInbox, readBudget } from "./world.ts";

const { values } = parseArgs({
  options: { before: { type: "string" }, tasks: { type: "string", default: String(tasks.length) } },
});
const here = join(import.meta.dirname, "../..");

async function measure(root: string, task: Task): Promise<string[]> {
  const reference = await openInbox();
  const server = await reference.listen(0);
  const agent = await startAgent(root, server.url, reference.key);
  const before = await readBudget(reference);
  const answer = await task.run(agent).catch((error: unknown) => error);
  const requests = before - (await readBudget(reference)) - 1;
  const right = await task.isRight(answer, reference);
  agent.end();
  await server.close();
  await reference.close();
  return [right ? "yes" : "no", String(agent.spent.calls), String(agent.spent.tokens), String(requests)];
}

const rows: string[][] = [];
for (const task of tasks.slice(0, Number(values.tasks))) {
  const earlier = values.before === undefined ? [] : await measure(values.before, task);
  rows.push([task.name, ...(await measure(here, task)), ...earlier]);
}
const columns = ["done", "calls", "answer tokens", "requests"];
const head = ["task", ...columns, ...(values.before === undefined ? [] : columns.map((column) => `before: ${column}`))];
console.log(formatTable(head, rows));
