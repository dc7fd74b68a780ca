/** Contacts: found, saved, mended and tagged. */
import type { Reference } from "../../../reference/index.ts";
import type { Agent, Row } from "../server.ts";
import { halfHourMs, read, readContact, saveContact } from "../world.ts";
import { isAnswer, type Task, toPlain, toRows } from "./task.ts";

const lina = {
  firstName: "Lina",
  lastName: "Haddad",
  email: "lina@example.com",
  phone: "+971509990001",
  tags: ["vip", "wholesale", "spring"],
  properties: { externalId: "crm_77", source: "fair" },
};

const addLina = (reference: Reference): Promise<unknown> => saveContact(reference, lina);
const readLina = (reference: Reference): Promise<Row | undefined> => readContact(reference, `phone=${lina.phone}`);

async function findContact(agent: Agent, by: object): Promise<Row> {
  return toRows(await agent.call("find_contacts", { ...by, limit: 5 }))[0] ?? {};
}

function readTags({ tags = [] }: Row): string[] {
  return (tags as string[]).map(toPlain);
}

/** @param answered the field that is asked for */
function asksFor(name: string, by: object, answered: "firstName" | "phone"): Task {
  return {
    name: `find a contact by ${name}`,
    prompt: `What is the ${answered} of the contact with the ${name} ${Object.values(by).join()}?`,
    prepare: addLina,
    run: async (agent) => [toPlain((await findContact(agent, by))[answered])],
    isRight: (answer) => isAnswer(answer, [lina[answered]]),
  };
}

const duplicates: Task = {
  name: "who is in the contacts twice, by the name Omar Aziz",
  prompt: "Are there several contacts with the name Omar Aziz? Give their e-mail addresses and change nothing.",
  prepare: async (reference) => {
    for (const email of ["omar@example.com", "o.aziz@example.org"])
      await saveContact(reference, { firstName: "Omar", lastName: "Aziz", email });
    await saveContact(reference, { firstName: "Omar", lastName: "Azizi", email: "azizi@example.com" });
  },
  run: async (agent) =>
    (await agent.list("find_contacts", { query: "Omar Aziz" }))
      .filter(({ lastName }) => toPlain(lastName) === "Aziz")
      .map(({ email }) => toPlain(email))
      .sort(),
  isRight: (answer) => isAnswer(answer, ["o.aziz@example.org", "omar@example.com"]),
};

const howManyTagged: Task = {
  name: "how many contacts have the tag expo",
  prompt: "How many contacts have the tag expo?",
  run: async (agent) => {
    if (agent.has("find_contacts", "tag")) return [String((await agent.list("find_contacts", { tag: "expo" })).length)];
    // A word that they all have, which an agent would have to be told.
    const all = await agent.list("find_contacts", { query: "lead", limit: 100 });
    return [String(all.filter((contact) => readTags(contact).includes("expo")).length)];
  },
  isRight: (answer) => isAnswer(answer, ["13"]),
};

const newestOnes: Task = {
  name: "which contacts came in the last hour",
  prompt: "Which contacts were created within the hour before the newest one? Give their e-mail addresses.",
  prepare: async (reference) => {
    await reference.control.clock({ advanceMs: 4 * halfHourMs });
    for (const name of ["Lead New1", "Lead New2"])
      await saveContact(reference, { firstName: name, email: `${name.slice(5).toLowerCase()}@example.com` });
  },
  run: async (agent) => {
    const args = { detail: "full", limit: 1 };
    const isListed = agent.has("find_contacts", "createdAfter");
    const rows = isListed
      ? toRows(await agent.call("find_contacts", args))
      : await agent.list("find_contacts", { query: "lead", detail: "full", limit: 100 });
    const newest = Math.max(...rows.map(({ createdAt }) => Date.parse(String(createdAt))));
    const createdAfter = new Date(newest - 2 * halfHourMs).toISOString();
    const recent = isListed
      ? await agent.list("find_contacts", { createdAfter })
      : rows.filter(({ createdAt }) => String(createdAt) > createdAfter);
    return recent.map(({ email }) => toPlain(email)).sort();
  },
  isRight: (answer) => isAnswer(answer, ["new1@example.com", "new2@example.com"]),
};

const newLead: Task = {
  name: "save a new lead with its source and language",
  prompt: "Save a new lead: Noor Saleh, noor@example.com, source fair, language ar, tag lead.",
  run: (agent) =>
    agent.call("save_contact", {
      firstName: "Noor",
      lastName: "Saleh",
      email: "noor@example.com",
      tags: ["lead"],
      properties: agent.toMap("save_contact", "properties", { source: "fair", language: "ar" }),
    }),
  isRight: async (_answer, reference) => {
    const { lastName, properties, tags } = (await readContact(reference, "email=noor@example.com")) ?? {};
    const { source, language } = (properties ?? {}) as Row;
    return JSON.stringify([lastName, source, language, tags]) === '["Saleh","fair","ar",["lead"]]';
  },
};

const clearedEmail: Task = {
  name: "clear an e-mail address",
  prompt: `The contact with the phone ${lina.phone} has no e-mail address any more: take it out.`,
  prepare: addLina,
  run: async (agent) => {
    const { id: contactId } = await findContact(agent, { phone: lina.phone });
    return agent.call("update_contact", { contactId, clear: ["email"] });
  },
  isRight: async (_answer, reference) => {
    const found = await readLina(reference);
    return found?.lastName === "Haddad" && (found.email ?? null) === null;
  },
};

const mendedPhone: Task = {
  name: "fix a phone number",
  prompt: `The phone of ${lina.email} is wrong: it is +971509990002.`,
  prepare: addLina,
  run: async (agent) => {
    const { id: contactId } = await findContact(agent, { email: lina.email });
    return agent.call("update_contact", { contactId, phone: "+971509990002" });
  },
  isRight: async (_answer, reference) =>
    (await readContact(reference, `email=${lina.email}`))?.phone === "+971509990002",
};

/** Changes Lina's tags in one call where the server can, else by reading them first. */
function changesTags(name: string, prompt: string, change: { add: string[]; remove: string[] }, after: string): Task {
  return {
    name,
    prompt,
    prepare: addLina,
    run: async (agent) => {
      const contact = await findContact(agent, { phone: lina.phone });
      const { add, remove } = change;
      const tags = [...readTags(contact).filter((tag) => !remove.includes(tag)), ...add];
      const fields = agent.has("update_contact", "addTags")
        ? { ...(add.length > 0 && { addTags: add }), ...(remove.length > 0 && { removeTags: remove }) }
        : { tags };
      return agent.call("update_contact", { contactId: contact.id, ...fields });
    },
    isRight: async (_answer, reference) => {
      const { tags = [] } = (await readLina(reference)) ?? {};
      return [...(tags as string[])].sort().join() === after;
    },
  };
}

const tagsAll: Task = {
  name: "add a tag to all who asked for a price",
  prompt: "Add the tag price to the contact of each customer who asked for a price.",
  run: async (agent) => {
    for (const { id, contactId, lastMessage } of await agent.list("list_conversations")) {
      const { content, direction } = (lastMessage ?? {}) as Row;
      const history =
        direction === "inbound"
          ? [{ content }]
          : toRows(await agent.call("list_messages", { conversationId: id, limit: 3 }));
      if (!history.some((message) => toPlain(message.content).includes("price"))) continue;
      const canAdd = agent.has("update_contact", "addTags");
      const known = canAdd ? [] : readTags(await agent.call("get_contact", { contactId }));
      await agent.call("update_contact", { contactId, [canAdd ? "addTags" : "tags"]: [...known, "price"] });
    }
  },
  isRight: async (_answer, reference) =>
    (await read(reference, "/contacts?query=Sara&limit=100")).filter(({ tags }) => (tags as string[]).includes("price"))
      .length === 15,
};

const channel: Task = {
  name: "on which channel a contact writes",
  prompt: "On which channel does Ivan Petrov write? Answer with its name in small letters.",
  prepare: ({ control }) =>
    control.inbound({ platform: "telegram", from: "4829103", content: "Is it full?", name: "Ivan Petrov" }),
  run: async (agent) => {
    const { id: contactId } = await findContact(agent, { query: "Ivan Petrov" });
    const { activity } = await agent.call("get_contact", { contactId });
    const { conversationIds = [] } = (activity ?? {}) as { conversationIds?: string[] };
    return conversationIds.map((id) => id.split(":")[0]);
  },
  isRight: (answer) => isAnswer(answer, ["telegram"]),
};

export const contactTasks = [
  howManyTagged,
  tagsAll,
  asksFor("phone", { phone: lina.phone }, "firstName"),
  asksFor("email", { email: lina.email }, "firstName"),
  asksFor("externalId", { externalId: "crm_77" }, "phone"),
  asksFor("name", { query: "Lina Haddad" }, "phone"),
  duplicates,
  newestOnes,
  newLead,
  clearedEmail,
  mendedPhone,
  changesTags(
    "add a tag",
    `Add the tag summer to ${lina.phone}.`,
    { add: ["summer"], remove: [] },
    "spring,summer,vip,wholesale",
  ),
  changesTags(
    "remove a tag",
    `Remove the tag spring from ${lina.phone}.`,
    { add: [], remove: ["spring"] },
    "vip,wholesale",
  ),
  channel,
];
