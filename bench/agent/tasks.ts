/**
 * Tasks of a support team, each with a policy that uses only what the tools list and answer, and an oracle that asks the
 * API itself. A policy takes the arguments that a server offers, and reads and filters by itself where it does not.
 */
import type { Reference } from "../../reference/index.ts";
import type { Agent, Row } from "./server.ts";
import { halfHourMs, read } from "./world.ts";

export type Task = {
  name: string;
  run(agent: Agent): Promise<unknown>;
  isRight(answer: unknown, reference: Reference): boolean | Promise<boolean>;
};

function toPlain(text: unknown): string {
  return String(text ?? "").replace(/<\/?customer-\w+>/g, "");
}

function isWaiting({ lastInboundAt, lastMessageAt }: Row): boolean {
  return lastInboundAt !== undefined && lastInboundAt === lastMessageAt;
}

async function findLongestWaiting(agent: Agent): Promise<Row | undefined> {
  if (agent.has("list_conversations", "unanswered"))
    return (await agent.list("list_conversations", { unanswered: true, sort: "longest_waiting", limit: 100 }))[0];
  const waiting = (await agent.list("list_conversations", { limit: 100 })).filter(isWaiting);
  return waiting.sort((a, b) => String(a.lastInboundAt).localeCompare(String(b.lastInboundAt)))[0];
}

const longest = "whatsapp:+971500000101";
const inUrl = encodeURIComponent(longest);

export const tasks: Task[] = [
  {
    name: "who waits longest",
    run: async (agent) =>
      agent.has("list_conversations", "unanswered")
        ? (
            (await agent.call("list_conversations", { unanswered: true, sort: "longest_waiting", limit: 1 }))
              .data as Row[]
          )[0]?.id
        : (await findLongestWaiting(agent))?.id,
    isRight: (answer) => answer === longest,
  },
  {
    name: "who waits, by name, with a window that closes within two hours",
    run: async (agent) => {
      if (agent.has("list_conversations", "windowClosesWithin")) {
        const rows = await agent.list("list_conversations", { unanswered: true, windowClosesWithin: 2 });
        return rows.map(({ contactName }) => toPlain(contactName)).sort();
      }
      const all = await agent.list("list_conversations", { limit: 100 });
      // The newest message was half an hour ago: an agent has no clock but the answers'.
      const now = Math.max(...all.map(({ lastMessageAt }) => Date.parse(String(lastMessageAt)))) + halfHourMs;
      const names: string[] = [];
      for (const { contactId, ...conversation } of all) {
        const left = Date.parse(String(conversation.lastInboundAt)) + 48 * halfHourMs - now;
        if (!isWaiting(conversation) || left <= 0 || left > 4 * halfHourMs) continue;
        const { firstName, lastName } = await agent.call("get_contact", { contactId });
        names.push([firstName, lastName].filter(Boolean).map(toPlain).join(" "));
      }
      return names.sort();
    },
    isRight: (answer) => JSON.stringify(answer) === JSON.stringify(["Sara N13", "Sara N15"]),
  },
  {
    name: "how many contacts have the tag expo",
    run: async (agent) => {
      if (agent.has("find_contacts", "tag")) return (await agent.list("find_contacts", { tag: "expo" })).length;
      // A word that they all have, which an agent would have to be told.
      const all = await agent.list("find_contacts", { query: "lead", limit: 100 });
      return all.filter(({ tags = [] }) => (tags as string[]).map(toPlain).includes("expo")).length;
    },
    isRight: (answer) => answer === 13,
  },
  {
    name: "add a tag to all who asked for a price",
    run: async (agent) => {
      for (const { id, contactId, lastMessage } of await agent.list("list_conversations")) {
        const { content, direction } = (lastMessage ?? {}) as Row;
        const history =
          direction === "inbound"
            ? [{ content }]
            : ((await agent.call("list_messages", { conversationId: id, limit: 3 })).data as Row[]);
        if (!history.some((message) => toPlain(message.content).includes("price"))) continue;
        const { tags = [] } = agent.has("update_contact", "addTags")
          ? {}
          : await agent.call("get_contact", { contactId });
        const change = agent.has("update_contact", "addTags")
          ? { addTags: ["price"] }
          : { tags: [...(tags as string[]), "price"] };
        await agent.call("update_contact", { contactId, ...change });
      }
      return undefined;
    },
    isRight: async (_answer, reference) => {
      const asked = await read(reference, "/contacts?query=Sara&limit=100");
      return asked.filter(({ tags }) => (tags as string[]).includes("price")).length === 15;
    },
  },
  {
    name: "send a template with a header image",
    run: async (agent) => {
      await agent.call("list_templates");
      const send = { to: "+971500000101", template: "parcel", language: "en", parameters: ["Sara"] };
      const components = ["header image=https://example.com/a.png"];
      return agent.call("send_template", agent.has("send_template", "components") ? { ...send, components } : send);
    },
    isRight: async (_answer, reference) =>
      (await read(reference, `/conversations/${inUrl}/messages`))[0]?.type === "template",
  },
];
