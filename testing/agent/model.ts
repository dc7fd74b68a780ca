/**
 * A real model in place of the scripted policies: any endpoint that speaks OpenAI's chat completions with tools. It is
 * asked only where `ONSYNC_BENCH_MODEL_URL` names one.
 */
import type { Agent } from "./server.ts";

export type Model = { url: string; key: string; model: string };

type ToolCall = { id: string; function: { name: string; arguments: string } };
type ChatMessage = { role: string; content: string | null; tool_calls?: ToolCall[]; tool_call_id?: string };

/** What the model said at the end. */
export class ModelAnswer {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const maxTurns = 120;
const instructions =
  "You do tasks of a support team with the tools you have. End with a short answer that names ids as the tools do. Where no tool can do it, say that you cannot, and change nothing.";

/** @throws Error where an address is given without a model's name */
export function readModel(env: NodeJS.ProcessEnv): Model | undefined {
  const { ONSYNC_BENCH_MODEL_URL: url, ONSYNC_BENCH_MODEL_KEY: key = "", ONSYNC_BENCH_MODEL: model } = env;
  if (!url) return undefined;
  if (!model) throw new Error("ONSYNC_BENCH_MODEL_URL is set: name the model in ONSYNC_BENCH_MODEL as well.");
  return { url, key, model };
}

async function complete({ url, key, model }: Model, messages: ChatMessage[], tools: object[]): Promise<ChatMessage> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, messages, tools }),
  });
  if (!response.ok) throw new Error(`The model's endpoint answered ${response.status}.`);
  const { choices } = (await response.json()) as { choices?: { message: ChatMessage }[] };
  if (!choices?.[0]) throw new Error("The model's endpoint answered without a choice.");
  return choices[0].message;
}

async function runToolCall(agent: Agent, { id, function: wanted }: ToolCall): Promise<ChatMessage> {
  const answer = { role: "tool", tool_call_id: id };
  let args: object;
  try {
    args = JSON.parse(wanted.arguments || "{}") as object;
  } catch {
    return { ...answer, content: "The arguments are not JSON." };
  }
  return { ...answer, content: await agent.callForText(wanted.name, args) };
}

/** Has the model do a task with the server's tools, until it calls none. */
export async function runModel(model: Model, agent: Agent, prompt: string): Promise<ModelAnswer> {
  const tools = agent.tools.map(({ name, description, inputSchema }) => ({
    type: "function",
    function: { name, description, parameters: inputSchema },
  }));
  const messages: ChatMessage[] = [
    { role: "system", content: instructions },
    { role: "user", content: prompt },
  ];
  for (let turn = 0; turn < maxTurns; turn++) {
    const message = await complete(model, messages, tools);
    messages.push(message);
    if (!message.tool_calls?.length) return new ModelAnswer(message.content ?? "");
    for (const call of message.tool_calls) messages.push(await runToolCall(agent, call));
  }
  throw new Error(`The model was not done after ${maxTurns} turns.`);
}
