/** A tag for all who asked for something: found in what each said last, or in the history. */
import type { Agent, Row } from "../server.ts";
import { read } from "../world.ts";
import { readTags, type Task, toPlain, toRows } from "./task.ts";

/** The conversations whose history has the word, of those whose last message is not the customer's. */
async function findWithWord(agent: Agent, ids: readonly unknown[], word: string): Promise<unknown[]> {
  const found: unknown[] = [];
  if (agent.has("find_messages", "conversationIds")) {
    for (let next = 0; next < ids.length; next += 30) {
      const conversationIds = ids.slice(next, next + 30);
      const answer = await agent.call("find_messages", { conversationIds, contains: word, limit: 1 });
      found.push(...toRows(answer).map(({ conversationId }) => conversationId));
    }
    return found;
  }
  for (const conversationId of ids) {
    const history = toRows(await agent.call("list_messages", { conversationId, limit: 3 }));
    if (history.some(({ content }) => toPlain(content).includes(word))) found.push(conversationId);
  }
  return found;
}

export const tagsAll: Task = {
  name: "add a tag to all who asked for a price",
  prompt: "Add the tag price to the contact of each customer who asked for a price.",
  leastRequests: 49,
  whyMore:
    "Each contact is read before its tags are written and again after it, so that no tag of somebody else's is lost; the list comes twenty at a time.",
  run: async (agent) => {
    const rows = await agent.list("list_conversations");
    const isTold = ({ lastMessage }: Row) => (lastMessage as Row | undefined)?.direction === "inbound";
    const told = rows
      .filter(isTold)
      .filter(({ lastMessage }) => toPlain((lastMessage as Row).content).includes("price"));
    const untold = rows.filter((row) => !isTold(row)).map(({ id }) => id);
    const asked = [...told.map(({ id }) => id), ...(await findWithWord(agent, untold, "price"))];
    for (const { contactId } of rows.filter(({ id }) => asked.includes(id))) {
      const canAdd = agent.has("update_contact", "addTags");
      const known = canAdd ? [] : readTags(await agent.call("get_contact", { contactId }));
      await agent.call("update_contact", { contactId, [canAdd ? "addTags" : "tags"]: [...known, "price"] });
    }
  },
  isRight: async (_answer, reference) =>
    (await read(reference, "/contacts?query=Sara&limit=100")).filter(({ tags }) => (tags as string[]).includes("price"))
      .length === 15,
};
