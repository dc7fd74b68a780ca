/** Contacts: found, saved, mended and tagged. */
import type { Reference } from "../../../reference/index.ts";
import type { Agent, Row } from "../server.ts";
import { halfHourMs, readContact, saveContact } from "../world.ts";
import { tagsAll } from "./tag-all.ts";
import { isAnswer, readTags, type Task, toPlain, toRows } from "./task.ts";

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

/** By what a contact is named to update_contact: by its address where that is taken, else by an id that is looked for. */
async function findContactId(agent: Agent, by: { phone: string } | { email: string }): Promise<unknown> {
  if (agent.tells("update_contact", "contactId", "phone")) return Object.values(by)[0];
  return (await findContact(agent, by)).id;
}

async function findContact(agent: Agent, by: object): Promise<Row> {
  return toRows(await agent.call("find_contacts", { ...by, limit: 5 }))[0] ?? {};
}

/** @param answered the field that is asked for */
function asksFor(name: string, by: object, answered: "firstName" | "phone"): Task {
  return {
    name: `find a contact by ${name}`,
    prompt: `What is the ${answered} of the contact with the ${name} ${Object.values(by).join()}?`,
    leastRequests: 1,
    prepare: addLina,
    run: async (agent) => [toPlain((await findContact(agent, by))[answered])],
    isRight: (answer) => isAnswer(answer, [lina[answered]]),
  };
}

const duplicates: Task = {
  name: "who is in the contacts twice, by the name Omar Aziz",
  prompt: "Are there several contacts with the name Omar Aziz? Give their e-mail addresses and change nothing.",
  leastRequests: 1,
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
  leastRequests: 3,
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
  leastRequests: 1,
  prepare: async (reference) => {
    await reference.control.clock({ advanceMs: 4 * halfHourMs });
    for (const name of ["Lead New1", "Lead New2"])
      await saveContact(reference, { firstName: name, email: `${name.slice(5).toLowerCase()}@example.com` });
  },
  run: async (agent) => {
    // The newest come first: where the last of a few is older than an hour, they are all.
    const rows = agent.has("find_contacts", "createdAfter")
      ? toRows(await agent.call("find_contacts", { detail: "full", limit: 3 }))
      : await agent.list("find_contacts", { query: "lead", detail: "full", limit: 100 });
    const newest = Math.max(...rows.map(({ createdAt }) => Date.parse(String(createdAt))));
    const createdAfter = new Date(newest - 2 * halfHourMs).toISOString();
    const recent = rows.filter(({ createdAt }) => String(createdAt) > createdAfter);
    return recent.map(({ email }) => toPlain(email)).sort();
  },
  isRight: (answer) => isAnswer(answer, ["new1@example.com", "new2@example.com"]),
};

const newLead: Task = {
  name: "save a new lead with its source and language",
  prompt: "Save a new lead: Noor Saleh, noor@example.com, source fair, language ar, tag lead.",
  leastRequests: 1,
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
  leastRequests: 2,
  prepare: addLina,
  run: async (agent) => {
    const contactId = await findContactId(agent, { phone: lina.phone });
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
  leastRequests: 1,
  whyMore: "A save by the address would make a contact where none has it: it is looked for first.",
  prepare: addLina,
  run: async (agent) => {
    const contactId = await findContactId(agent, { email: lina.email });
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
    leastRequests: 2,
    whyMore: "The contact is read once more after it is written, so that no tag of somebody else's is lost.",
    prepare: addLina,
    run: async (agent) => {
      const { add, remove } = change;
      if (agent.has("save_contact", "addTags"))
        return agent.call("save_contact", {
          phone: lina.phone,
          ...(add.length > 0 && { addTags: add }),
          ...(remove.length > 0 && { removeTags: remove }),
        });
      const contact = await findContact(agent, { phone: lina.phone });
      const tags = [...readTags(contact).filter((tag) => !remove.includes(tag)), ...add];
      return agent.call("update_contact", { contactId: contact.id, tags });
    },
    isRight: async (_answer, reference) => {
      const { tags = [] } = (await readLina(reference)) ?? {};
      return [...(tags as string[])].sort().join() === after;
    },
  };
}

const channel: Task = {
  name: "on which channel a contact writes",
  prompt: "On which channel does Ivan Petrov write? Answer with its name in small letters.",
  leastRequests: 1,
  prepare: ({ control }) =>
    control.inbound({ platform: "telegram", from: "4829103", content: "Is it full?", name: "Ivan Petrov" }),
  run: async (agent) => {
    const { id: contactId, channel: told } = await findContact(agent, { query: "Ivan Petrov" });
    if (told !== undefined) return [told];
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
