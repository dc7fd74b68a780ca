/** What everyday tasks cost an agent: calls, tokens of the answers, requests of the org's budget, and whether they were done. */
import { join } from "node:path";
import { measureTask } from "../testing/agent/measure.ts";
import { readModel } from "../testing/agent/model.ts";
import { tasks } from "../testing/agent/tasks/index.ts";
import type { MeasuredRow, Question, Scale, Table } from "./harness/question.ts";

const root = join(import.meta.dirname, "..");

async function measure({ isSmall }: Scale): Promise<Table[]> {
  const model = readModel(process.env);
  const rows: MeasuredRow[] = [];
  for (const task of tasks.slice(0, isSmall ? 1 : tasks.length)) {
    const { done, calls, tokens, requests, leastRequests } = await measureTask(root, task, model);
    rows.push({
      name: task.name,
      values: [Number(done), calls, tokens, requests, leastRequests].map((each) => [each]),
    });
  }
  const sums = rows[0]?.values.map((_, index) => [
    rows.reduce((sum, { values }) => sum + (values[index]?.[0] ?? 0), 0),
  ]);
  if (sums) rows.push({ name: "all", values: sums });
  const names = ["done", "calls", "answer tokens", "requests", "fewest requests possible"];
  return [{ what: "task", measures: names.map((name) => ({ name })), rows }];
}

export const agent: Question = {
  name: "agent",
  title: "What tasks of a support team cost an agent",
  about: `Forty tasks as a team lead would name them, each by a scripted policy that uses what the tools list and answer, on the reference
API with 60 customers and 150 leads; whether a task was done is asked of the API itself. Tokens are o200k's, of an answer's text
and data together. Why some take more requests than any client must stands in [the table of requests](requests.md#tasks-of-an-assistant).

A real model takes the place of the policies where \`ONSYNC_BENCH_MODEL_URL\` names an endpoint that speaks OpenAI's chat
completions with tools (the whole address), \`ONSYNC_BENCH_MODEL\` the model, and \`ONSYNC_BENCH_MODEL_KEY\` its key, if it needs
one. It is given each task in a sentence, and the same oracles judge what it says and what it left behind.`,
  measure,
};
