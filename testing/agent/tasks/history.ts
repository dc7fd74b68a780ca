/** What was said in a conversation, and what became of what was sent. */
import type { Reference } from "../../../reference/index.ts";
import type { Agent, Row } from "../server.ts";
import { sendText, toPhone } from "../world.ts";
import { isAnswer, readBack, type Task, toPlain, toRows } from "./task.ts";

const phone = toPhone(59);
const conversationId = `whatsapp:${phone}`;

function write(reference: Reference, content: string): Promise<unknown> {
  return reference.control.inbound({ platform: "whatsapp", from: phone, content });
}

async function writeMany(reference: Reference, count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    await write(reference, `About order ${index % 30}: it is number ${index} of what I have to say.`);
}

/** The message with these words, by whom it is from. */
async function findOne(agent: Agent, direction: string, words: string): Promise<Row | undefined> {
  const isWanted = (message: Row): boolean =>
    message.direction === direction && toPlain(message.content).includes(words);
  if (agent.tools.some(({ name }) => name === "find_messages"))
    return toRows(await agent.call("find_messages", { conversationId, contains: words, direction, limit: 1 }))[0];
  return (await readBack(agent, { conversationId }, isWanted)).find(isWanted);
}

const whatWasSaid: Task = {
  name: "what a customer said about the kettle, 120 messages ago",
  prompt: `What did the customer ${conversationId} say about the kettle? Quote it.`,
  leastRequests: 2,
  prepare: async (reference) => {
    await write(reference, "The kettle leaks at the lid.");
    await writeMany(reference, 120);
  },
  run: async (agent) => [toPlain((await findOne(agent, "inbound", "kettle"))?.content)],
  isRight: (answer) => isAnswer(answer, ["The kettle leaks at the lid."]),
};

const summary: Task = {
  name: "which orders a conversation of 300 messages is about",
  prompt: `Read the whole conversation ${conversationId} and name all orders it is about, as "order 7".`,
  leastRequests: 4,
  prepare: (reference) => writeMany(reference, 300),
  run: async (agent) => {
    const texts = (await readBack(agent, { conversationId })).map(({ content }) => toPlain(content));
    return [...new Set(texts.flatMap((text) => /order \d+/.exec(text) ?? []))].sort();
  },
  isRight: (answer) =>
    isAnswer(answer, [...Array.from({ length: 30 }, (_, index) => `order ${index}`), "order 59"].sort()),
};

/** What became of the message that told about the parcel. */
function asksStatus(status: "delivered" | "read", later: number): Task {
  return {
    name: `whether my message was ${status}, ${later} messages ago`,
    prompt: `What is the status of our message to ${conversationId} that says the parcel left the house?`,
    leastRequests: Math.ceil((later + 1) / 100),
    prepare: async (reference) => {
      await reference.control.setMessageStatus(await sendText(reference, phone, "The parcel left the house."), {
        status,
      });
      await writeMany(reference, later);
    },
    run: async (agent) => [toPlain((await findOne(agent, "outbound", "parcel left"))?.status)],
    isRight: (answer) => isAnswer(answer, [status]),
  };
}

const failed: Task = {
  name: "which of my messages failed, and why",
  prompt: `Which of our messages to ${conversationId} failed, and for what reason?`,
  leastRequests: 1,
  prepare: async (reference) => {
    await writeMany(reference, 60);
    const id = await sendText(reference, phone, "Here is your receipt.");
    await reference.control.setMessageStatus(id, { status: "failed", failureReason: "Number not on WhatsApp" });
    await writeMany(reference, 60);
  },
  run: async (agent) => {
    const rows = agent.has("find_messages", "status")
      ? toRows(await agent.call("find_messages", { conversationId, status: "failed" }))
      : (await readBack(agent, { conversationId, detail: "full" })).filter(({ status }) => status === "failed");
    return rows.map(({ failureReason }) => toPlain(failureReason));
  },
  isRight: (answer) => isAnswer(answer, ["Number not on WhatsApp"]),
};

const nextMessage: Task = {
  name: "wait for a customer's next message",
  prompt: `Look where the events stand now, then wait for the next message of ${conversationId} and quote it.`,
  leastRequests: 0,
  whyMore: "Whose key it is, and what of the events it may see, is asked once.",
  afterFirstCall: (reference) => write(reference, "Is it here yet?"),
  run: async (agent) => {
    let { cursor } = await agent.call("wait_for_events", { timeoutSeconds: 0 });
    for (let waits = 0; waits < 3; waits++) {
      const answer = await agent.call("wait_for_events", { cursor, types: ["message.created"], timeoutSeconds: 20 });
      const messages = toRows(answer).map(({ data }) => data as Row);
      const found = messages.find((message) => message.conversationId === conversationId);
      if (found) return [toPlain(found.content)];
      cursor = answer.cursor;
    }
    return [];
  },
  isRight: (answer) => isAnswer(answer, ["Is it here yet?"]),
};

export const historyTasks = [
  whatWasSaid,
  summary,
  asksStatus("delivered", 30),
  asksStatus("read", 120),
  failed,
  nextMessage,
];
