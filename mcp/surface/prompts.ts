/**
 * Prompts: what a person at the host starts by name. Each brings the data it is about, read through the tools and fenced
 * as in their answers, and says what the operator's restrictions leave to do.
 */

import { sanitizeLine } from "../answers/customer-text.ts";
import { callTool } from "../call/call-tool.ts";
import type { ToolResult } from "../call/present.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { CompletionKind } from "./completion.ts";

type Values = Readonly<Record<string, string>>;

type Argument = { name: string; description: string; required?: boolean; completes?: CompletionKind };

type Prompt = {
  name: string;
  title: string;
  description: string;
  arguments: readonly Argument[];
  /** What it cannot do without: where a tool is not offered, the prompt is not either. */
  needs: readonly string[];
  /** What an assistant without the prompt begins with, which the prompt brings along. */
  begins: string;
  /** How it is done, whoever asks: a skill carries the same. */
  steps(toolbox: Toolbox): readonly string[];
  /** The person's request in words, and what it is about. */
  write(
    values: Values,
    toolbox: Toolbox,
    context: ToolContext,
  ): Promise<{ request: readonly string[]; material: ToolResult }>;
};

export type PromptAnswer =
  | { found: true; description: string; text: string }
  /** `message` says what is wrong with the name or the arguments. */
  | { found: false; message: string };

/** What a person typed, as one quoted line. */
function quote(value: string) {
  return JSON.stringify(sanitizeLine(value).slice(0, 500));
}

/** How a message leaves, or that none does. */
function describeSending(toolbox: Toolbox): string {
  return toolbox.tools.has("send_message")
    ? "Show me each message and wait for my word before you send it. Where the WhatsApp window is closed, choose an approved template (list_templates) and send that (send_template)."
    : "Nothing can be sent through this server: give me the texts, and I send them.";
}

function describeGoal({ goal }: Values) {
  return goal ? `What I want to reach: ${quote(goal)}.` : "";
}

const goal: Argument = { name: "goal", description: "What the message should reach, in your words" };

const prompts: readonly Prompt[] = [
  {
    name: "reply_to_customer",
    title: "Reply to a customer",
    description: "Reads a conversation and drafts the reply.",
    arguments: [
      {
        name: "conversationId",
        description: "platform:address, such as whatsapp:+971500000000",
        required: true,
        completes: "conversation",
      },
      goal,
    ],
    needs: ["list_messages"],
    begins: "Begin with list_messages of the conversation.",
    steps: (toolbox) => [
      "Write in the customer's language and answer what is still open. Say what you do not know instead of guessing it.",
      describeSending(toolbox),
    ],
    write: async ({ conversationId = "", ...values }, toolbox, context) => ({
      request: [`Draft my reply to the customer in conversation ${quote(conversationId)}.`, describeGoal(values)],
      material: await callTool(toolbox, "list_messages", { conversationId }, context),
    }),
  },
  {
    name: "follow_up_leads",
    title: "Follow up leads with a tag",
    description: "Finds the contacts that carry a tag and drafts a message to each.",
    arguments: [{ name: "tag", description: "The tag, such as lead", required: true }, goal],
    needs: ["find_contacts", "get_contact", "list_messages"],
    begins: "Begin with find_contacts and the tag.",
    steps: (toolbox) => [
      "For each: get_contact names its conversations, list_messages shows what was said last and whether the window is open. Leave out who answered lately, and who asked not to be written to (such as STOP). Draft one short message to each of the others.",
      describeSending(toolbox),
    ],
    write: async ({ tag = "", ...values }, toolbox, context) => ({
      request: [`Follow up the contacts tagged ${quote(tag)}, which are below.`, describeGoal(values)],
      material: await callTool(toolbox, "find_contacts", { tag }, context),
    }),
  },
  {
    name: "triage_inbox",
    title: "Triage the inbox",
    description:
      "Goes through the conversations that wait for an answer and puts them in the order in which they need an answer.",
    arguments: [{ name: "platform", description: "Only this: whatsapp, instagram, facebook or telegram" }],
    needs: ["list_conversations", "list_messages"],
    begins: "Begin with list_conversations, unanswered true and sort longest_waiting.",
    steps: () => [
      "Where the last message is not enough, read more with list_messages (limit 5 is enough at first). Then give me one table: conversation, who it is, what they want, how long they have waited, when their WhatsApp window closes, what you suggest. First those that wait for us and whose window closes soonest. Only read: send and change nothing.",
    ],
    write: async ({ platform }, toolbox, context) => ({
      request: ["Triage the conversations that wait for us, which are below, the longest waiting first."],
      material: await callTool(
        toolbox,
        "list_conversations",
        { unanswered: true, sort: "longest_waiting", ...(platform && { platform: platform.trim().toLowerCase() }) },
        context,
      ),
    }),
  },
];

export function createPrompts(toolbox: Toolbox) {
  const offered = prompts.filter(({ needs }) => needs.every((tool) => toolbox.tools.has(tool)));
  const findArgumentProblem = ({ name, arguments: known }: Prompt, values: Values): string | undefined => {
    const missing = known.find((argument) => argument.required && !values[argument.name]?.trim());
    if (missing) return `Prompt ${name} needs ${missing.name}: ${missing.description}.`;
    const unknown = Object.keys(values).find((key) => !known.some((argument) => argument.name === key));
    if (unknown === undefined) return undefined;
    return `Prompt ${name} has no argument ${JSON.stringify(unknown.slice(0, 60))}. Its arguments: ${known.map((argument) => argument.name).join(", ")}.`;
  };

  return {
    list: offered.map(({ name, title, description, arguments: known }) => ({
      name,
      title,
      description,
      arguments: known.map(({ completes: _completes, required = false, ...argument }) => ({ ...argument, required })),
    })),

    /** What an assistant may learn of its own accord, without what a person fills in. */
    knowHow: offered.map(({ name, title, description, needs, begins, steps }) => ({
      name,
      title,
      description,
      needs,
      steps: [begins, ...steps(toolbox)],
    })),

    /** What an argument's values are, where they can be completed. */
    findCompletionKind: (name: string, argument: string): CompletionKind | undefined =>
      offered.find((prompt) => prompt.name === name)?.arguments.find((known) => known.name === argument)?.completes,

    async get(name: string, values: Values, context: ToolContext = {}): Promise<PromptAnswer> {
      const prompt = offered.find((known) => known.name === name);
      if (!prompt) {
        const names = offered.map((known) => known.name).join(", ");
        return {
          found: false,
          message: `There is no prompt ${JSON.stringify(name.slice(0, 60))}. There are: ${names}.`,
        };
      }
      const message = findArgumentProblem(prompt, values);
      if (message !== undefined) return { found: false, message };
      const { request, material } = await prompt.write(values, toolbox, context);
      const steps = prompt.steps(toolbox);
      const text = material.content.map((block) => block.text).join("\n");
      return {
        found: true,
        description: prompt.description,
        text: `${[...request, ...steps].filter(Boolean).join("\n")}\n\n${text}`,
      };
    },
  };
}

export type Prompts = ReturnType<typeof createPrompts>;
