/** `npm run bench -- agent` with a few tasks, and with a model: an endpoint on the loopback that answers by a script. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { measureTask } from "../../testing/agent/measure.ts";
import { readModel } from "../../testing/agent/model.ts";
import { tasks } from "../../testing/agent/tasks/index.ts";
import type { Task } from "../../testing/agent/tasks/task.ts";

const root = join(import.meta.dirname, "../..");
/** Each task starts a server of its own. */
const timeout = 240_000;

type Chat = { model: string; messages: { role: string; content: string }[]; tools: { function: { name: string } }[] };

/** Asks once who waits longest, then says what the tool answered. */
function answerChat({ messages }: Chat): object {
  const answer = messages.at(-1);
  if (answer?.role === "tool") return { role: "assistant", content: `It is ${answer.content}` };
  const args = JSON.stringify({ unanswered: true, sort: "longest_waiting", limit: 1 });
  const call = { id: "call_1", type: "function", function: { name: "list_conversations", arguments: args } };
  return { role: "assistant", content: null, tool_calls: [call] };
}

async function startModel() {
  const asked: { headers: IncomingHttpHeaders; chat: Chat }[] = [];
  const server = createServer(async (request, response) => {
    const chat = JSON.parse(await text(request)) as Chat;
    asked.push({ headers: request.headers, chat });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: answerChat(chat) }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
  return { asked, url, [Symbol.asyncDispose]: async () => void server.close() };
}

describe("the benchmark of an agent's tasks", () => {
  test(
    "does its first tasks by their scripts, in as many requests as docs/requests.md says",
    async () => {
      const page = readFileSync(join(root, "docs/requests.md"), "utf8");
      for (const task of tasks.slice(0, 3)) {
        const { done, requests, leastRequests } = await measureTask(root, task);
        expect({ task: task.name, done }).toEqual({ task: task.name, done: true });
        expect(page).toContain(`| ${task.name} | ${requests} | ${leastRequests} | |`);
      }
    },
    timeout,
  );

  test(
    "gives a real model the task, the tools and their answers, and judges what it says at the end",
    async () => {
      await using model = await startModel();
      const env = {
        ONSYNC_BENCH_MODEL_URL: model.url,
        ONSYNC_BENCH_MODEL_KEY: "model-key",
        ONSYNC_BENCH_MODEL: "scripted",
      };
      const cost = await measureTask(root, tasks[0] as Task, readModel(env));
      expect(cost).toMatchObject({ done: true, calls: 1 });
      expect(model.asked.map(({ headers, chat }) => [headers.authorization, chat.model])).toEqual([
        ["Bearer model-key", "scripted"],
        ["Bearer model-key", "scripted"],
      ]);
      expect(model.asked[0]?.chat.tools.map((tool) => tool.function.name)).toContain("send_template");
    },
    timeout,
  );
});
