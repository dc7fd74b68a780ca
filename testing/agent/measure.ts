/** One task against a reference API of its own: what it cost, and whether it was done. */
import { type Model, runModel } from "./model.ts";
import { startReceiver } from "./receiver.ts";
import { startAgent } from "./server.ts";
import type { Task } from "./tasks/task.ts";
import { openInbox, readBudget } from "./world.ts";

export type Cost = { done: boolean; calls: number; tokens: number; requests: number; leastRequests: number };

/**
 * @param root of the repository whose server the agent has
 * @param model takes the place of the scripted policy
 */
export async function measureTask(root: string, task: Task, model?: Model): Promise<Cost> {
  const reference = await openInbox();
  const server = await reference.listen(0);
  await task.prepare?.(reference);
  const receiver = task.afterFirstCall && (await startReceiver(root, reference));
  const agent = await startAgent(root, server.url, reference.key, {
    eventFile: receiver?.file,
    afterFirstCall: async () => task.afterFirstCall?.(reference),
  });
  try {
    const before = await readBudget(reference);
    const run = model ? runModel(model, agent, task.prompt) : task.run(agent);
    const answer = await run.catch((error: unknown) => error);
    const requests = before - (await readBudget(reference)) - 1;
    return { done: await task.isRight(answer, reference), ...agent.spent, requests, leastRequests: task.leastRequests };
  } finally {
    agent.end();
    await receiver?.close();
    await server.close();
    await reference.close();
  }
}

/** Whether it took at most half. What took nothing, before and after, has no half. */
function isHalved(after: number, before: number): boolean {
  return before > 0 && after * 2 <= before;
}

function describeTotal(costs: readonly Cost[]): string {
  const sum = (field: "calls" | "tokens" | "requests") =>
    costs.reduce((total, cost) => total + cost[field], 0).toLocaleString("en");
  const done = costs.filter((cost) => cost.done).length;
  return `${done} of ${costs.length} done, ${sum("calls")} calls, ${sum("tokens")} answer tokens, ${sum("requests")} requests`;
}

/** The lines below the table. */
export function summarize(after: readonly Cost[], before: readonly Cost[]): string[] {
  const least = after.reduce((total, cost) => total + cost.leastRequests, 0);
  const atLeast = after.filter((cost) => cost.requests <= cost.leastRequests).length;
  const lines = [
    `In all: ${describeTotal(after)}.`,
    `The API's contract leaves no client fewer than ${least} requests for these; ${atLeast} of ${after.length} tasks take the fewest.`,
  ];
  if (before.length === 0) return lines;
  const pairs = after.flatMap((cost, index) => {
    const earlier = before[index];
    return earlier?.done && cost.done && earlier.calls > 0 ? [{ cost, earlier }] : [];
  });
  const tokens = pairs.filter(({ cost, earlier }) => isHalved(cost.tokens, earlier.tokens));
  const halvable = pairs.filter(({ cost, earlier }) => isHalved(cost.leastRequests, earlier.requests));
  const both = tokens.filter(({ cost, earlier }) => isHalved(cost.requests, earlier.requests));
  return [
    ...lines,
    `Before: ${describeTotal(before)}.`,
    `Of ${pairs.length} that took calls and were done both times, ${tokens.length} take at most half of the tokens, ${both.length} of these of the requests as well; ${halvable.length} could, by the contract.`,
  ];
}
