/** `npm run bench:agent` with a few tasks, and with a model: an endpoint on the loopback that answers by a script. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
/** Each task starts a server of its own. */
const timeout = 240_000;

async function runBench(tasks: number, env: Record<string, string> = {}): Promise<string[][]> {
  const { PATH = "", HOME = "" } = process.env;
  const args = ["bench/agent.ts", "--tasks", String(tasks)];
  const { stdout } = await run(process.execPath, args, { cwd: root, env: { PATH, HOME, ...env } });
  return readRows(stdout).slice(2);
}

/** The rows of a table, the head and its rule included. */
function readRows(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) => row.split("|").map((cell) => cell.trim()));
}

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
    "does its first five tasks by their scripts, the first four in as many calls and requests as the documents say",
    async () => {
      const rows = await runBench(5);
      const documented = readRows(readFileSync(join(root, "docs/benchmarks.md"), "utf8"));
      const start = documented.findIndex(([, name]) => name === "who waits longest");
      // The tokens are left out: marks and ids are random, and cost a little more or less each time.
      const withoutTokens = ([, name, done, calls, , requests]: string[]) => ({ name, done, calls, requests });
      // The fifth reads 300 messages: where a page ends depends on what its marks cost, so that it takes a call more or less.
      expect(rows.slice(0, 4).map(withoutTokens)).toEqual(documented.slice(start, start + 4).map(withoutTokens));
      expect(rows.map(([, , done]) => done)).toEqual(["yes", "yes", "yes", "yes", "yes"]);
    },
    timeout,
  );

  test(
    "gives a real model the task, the tools and their answers, and judges what it says at the end",
    async () => {
      await using model = await startModel();
      const rows = await runBench(1, {
        ONSYNC_BENCH_MODEL_URL: model.url,
        ONSYNC_BENCH_MODEL_KEY: "model-key",
        ONSYNC_BENCH_MODEL: "scripted",
      });
      expect(rows.map(([, name, done, calls]) => [name, done, calls])).toEqual([["who waits longest", "yes", "1"]]);
      expect(model.asked.map(({ headers, chat }) => [headers.authorization, chat.model])).toEqual([
        ["Bearer model-key", "scripted"],
        ["Bearer model-key", "scripted"],
      ]);
      expect(model.asked[0]?.chat.tools.map((tool) => tool.function.name)).toContain("send_template");
    },
    timeout,
  );
});
