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
