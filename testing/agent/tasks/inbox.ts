/** Questions about the inbox: who waits, whose window closes, who has what. */
import type { Agent, Row } from "../server.ts";
import { halfHourMs, toPhone } from "../world.ts";
import { isAnswer, type Task, toPlain, toRows } from "./task.ts";

const dayMs = 48 * halfHourMs;

function isWaiting({ lastInboundAt, lastMessageAt }: Row): boolean {
  return lastInboundAt !== undefined && lastInboundAt === lastMessageAt;
}

/** All conversations, oldest message of a customer first. */
async function readAll(agent: Agent, args: object = {}): Promise<Row[]> {
  const all = await agent.list("list_conversations", { ...args, limit: 100 });
  return all.sort((a, b) => String(a.lastInboundAt).localeCompare(String(b.lastInboundAt)));
}

/** How long the window of each stays open. The newest message was half an hour ago: no clock but the answers'. */
function withTimeLeft(all: Row[]): { row: Row; left: number }[] {
  const now = Math.max(...all.map(({ lastMessageAt }) => Date.parse(String(lastMessageAt)))) + halfHourMs;
  return all.map((row) => ({ row, left: Date.parse(String(row.lastInboundAt)) + dayMs - now }));
}

const canSort = (agent: Agent): boolean => agent.has("list_conversations", "unanswered");

const longest: Task = {
  name: "who waits longest",
  prompt: "Which customer waits longest for an answer? Name the conversation's id.",
  leastRequests: 1,
  run: async (agent) => {
    const args = { unanswered: true, sort: "longest_waiting", limit: 1 };
    if (canSort(agent)) return toRows(await agent.call("list_conversations", args)).map(({ id }) => id);
    return (await readAll(agent))
      .filter(isWaiting)
      .slice(0, 1)
      .map(({ id }) => id);
  },
  isRight: (answer) => isAnswer(answer, [`whatsapp:${toPhone(1)}`]),
};

const closingSoon: Task = {
  name: "who waits, by name, with a window that closes within two hours",
  prompt: "Who waits for an answer and has a WhatsApp window that closes within two hours? Give their names.",
  leastRequests: 1,
  run: async (agent) => {
    if (canSort(agent)) {
      const rows = await agent.list("list_conversations", { unanswered: true, windowClosesWithin: 2 });
      return rows.map(({ contactName }) => toPlain(contactName)).sort();
    }
    const names: string[] = [];
    for (const { row, left } of withTimeLeft(await readAll(agent))) {
      if (!isWaiting(row) || left <= 0 || left > 4 * halfHourMs) continue;
      const { firstName, lastName } = await agent.call("get_contact", { contactId: row.contactId });
      names.push([firstName, lastName].filter(Boolean).map(toPlain).join(" "));
    }
    return names.sort();
  },
  isRight: (answer) => isAnswer(answer, ["Sara N13", "Sara N15"]),
};

const assignedToMaya: Task = {
  name: "what is assigned to Maya",
  prompt: "Which conversations are assigned to Maya? Give their ids.",
  leastRequests: 1,
  prepare: async ({ control }) => {
    for (const index of [3, 20, 41]) await control.assign(`whatsapp:${toPhone(index)}`, "Maya");
  },
  run: async (agent) => {
    const rows = agent.has("list_conversations", "assignee")
      ? await agent.list("list_conversations", { assignee: "Maya" })
      : (await readAll(agent)).filter(({ assignee }) => toPlain((assignee as Row | undefined)?.name) === "Maya");
    return rows.map(({ id }) => String(id)).sort();
  },
  isRight: (answer) =>
    isAnswer(
      answer,
      [3, 20, 41].map((index) => `whatsapp:${toPhone(index)}`),
    ),
};

export const inboxTasks = [longest, closingSoon, assignedToMaya];
