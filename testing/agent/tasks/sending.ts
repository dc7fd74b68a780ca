/** Messages and templates to customers, and when none may go out. */
import type { Reference } from "../../../reference/index.ts";
import type { Agent, Row } from "../server.ts";
import { readContact, readHistory, saveContact, toPhone } from "../world.ts";
import { isAnswer, type Task, toPlain, toRows } from "./task.ts";

/** Wrote half an hour ago. */
const open = toPhone(59);
/** Wrote thirty hours ago. */
const closed = toPhone(0);

const body = (text: string) => ({ type: "BODY", text });

async function addTemplates({ control }: Reference): Promise<void> {
  await control.templates.save({
    name: "order_news",
    language: "de",
    components: [body("Hallo {{1}}, Neues für Sie.")],
  });
  await control.templates.save({ name: "order_news", language: "en", components: [body("Hi {{1}}, news for you.")] });
  await control.templates.save({ name: "receipt", components: [body("Hi {{name}}, order {{order}} is paid.")] });
  await control.templates.save({
    name: "track",
    components: [
      body("Your parcel left."),
      { type: "BUTTONS", buttons: [{ type: "URL", text: "Track", url: "https://example.com/t/{{1}}" }] },
    ],
  });
}

async function readSent(reference: Reference, phone: string): Promise<Row[]> {
  return (await readHistory(reference, `whatsapp:${phone}`)).filter(({ direction }) => direction === "outbound");
}

/** Sends a template as the text of list_templates says that it is filled: `values` by what each form ends with. */
async function sendAsListed(agent: Agent, template: string, values: Record<string, string>): Promise<Row> {
  const lines = (await agent.callForText("list_templates")).split("\n");
  const line = lines.find((each) => each.startsWith(`- ${template} (`)) ?? "";
  const forms = [...line.matchAll(/\b(?:header|body|button) (\w+)=/g)];
  const numbered = /parameters in order: ([\d ]+)/.exec(line)?.[1]?.trim().split(" ") ?? [];
  return agent.call("send_template", {
    to: open,
    template,
    language: /\((\w+), /.exec(line)?.[1],
    ...(numbered.length > 0 && { parameters: numbered.map((name) => values[name]) }),
    ...(forms.length > 0 &&
      agent.has("send_template", "components") && {
        components: forms.map(([form, name = ""]) => `${form}${values[name]}`),
      }),
  });
}

function sendsTemplate(name: string, template: string, values: Record<string, string>, said: string): Task {
  const filled = Object.entries(values).map((entry) => entry.join(" "));
  return {
    name: `send a template with ${name}`,
    prompt: `Send the template ${template} to ${open} with ${filled.join(", ")}.`,
    leastRequests: 2,
    prepare: addTemplates,
    run: (agent) => sendAsListed(agent, template, values),
    isRight: async (_answer, reference) => JSON.stringify(await readSent(reference, open)).includes(said),
  };
}

/** What the check before a send looks at. */
const whyChecked = "An opt-out stands in the history or in the contact's tags: both are looked at.";

const insideWindow: Task = {
  name: "answer within the window",
  prompt: `Answer ${open} with "It arrives tomorrow." as a text, if that may be sent now.`,
  leastRequests: 1,
  whyMore: whyChecked,
  run: async (agent) => {
    const answer = await agent.call("check_messaging_window", { conversationId: `whatsapp:${open}` });
    if (!answer.open) return "closed";
    return agent.call("send_message", { platform: "whatsapp", to: open, content: "It arrives tomorrow." });
  },
  isRight: async (_answer, reference) =>
    (await readSent(reference, open)).map(({ content }) => content).join() === "It arrives tomorrow.",
};

const outsideWindow: Task = {
  name: "outside the window, choose a template in English",
  prompt: `Tell ${closed}, by the name Sara, that there is news. Where no text may be sent, take a template in English.`,
  leastRequests: 3,
  whyMore: whyChecked,
  prepare: addTemplates,
  run: async (agent) => {
    const answer = await agent.call("check_messaging_window", { conversationId: `whatsapp:${closed}` });
    if (answer.open) return "open";
    const args = agent.has("list_templates", "language") ? { language: "en" } : {};
    const fit = (await agent.list("list_templates", args)).find(
      ({ text, language }) => language === "en" && String(text).includes("news"),
    );
    return agent.call("send_template", { to: closed, template: fit?.name, language: "en", parameters: ["Sara"] });
  },
  isRight: async (_answer, reference) => {
    const [newest] = await readSent(reference, closed);
    return newest?.type === "template" && newest.content === "Hi Sara, news for you.";
  },
};

const repliesToAll: Task = {
  name: "reply to each who asked for a price and has an open window",
  prompt: 'Reply "It costs 40." to each customer who asked for a price, has no answer yet and an open WhatsApp window.',
  leastRequests: 13,
  whyMore: "A list is answered in as much as a model can read at once: the rest is another page.",
  run: async (agent) => {
    const isListed = agent.has("list_conversations", "unanswered");
    const rows = await agent.list("list_conversations", { ...(isListed && { unanswered: true }), limit: 100 });
    for (const { id, window, lastMessage, lastInboundAt, lastMessageAt } of rows) {
      const isWaiting = isListed || lastInboundAt === lastMessageAt;
      if (!(window as Row | undefined)?.open || !isWaiting) continue;
      const last =
        (lastMessage as Row | undefined) ??
        toRows(await agent.call("list_messages", { conversationId: id, limit: 1 }))[0];
      if (!toPlain(last?.content).includes("price")) continue;
      const to = String(id).slice("whatsapp:".length);
      await agent.call("send_message", { platform: "whatsapp", to, content: "It costs 40." });
    }
  },
  isRight: async (_answer, reference) => {
    const answered: number[] = [];
    for (let index = 0; index < 60; index++) {
      const sent = await readSent(reference, toPhone(index));
      if (sent.some(({ content }) => content === "It costs 40.")) answered.push(index);
    }
    return answered.join() === "13,17,21,25,29,33,37,41,45,49,53,57";
  },
};

/** Nothing may be written to the customer: the policy looks where the server says so, or at the words and tags itself. */
function sendsNothing(name: string, prepare: NonNullable<Task["prepare"]>, whyMore?: string): Task {
  const conversationId = `whatsapp:${open}`;
  return {
    name: `write nothing to who ${name}`,
    prompt: `Write "New colours are here." to ${open}, unless the customer does not want messages: then say "opted out".`,
    leastRequests: 1,
    ...(whyMore !== undefined && { whyMore }),
    prepare,
    run: async (agent) => {
      const check = await agent.call("check_messaging_window", { conversationId });
      if (agent.has("check_messaging_window", "template")) {
        if ((check.reasons as Row[]).some(({ code }) => code === "opted_out")) return ["opted out"];
      } else {
        const [last] = toRows(await agent.call("list_messages", { conversationId, limit: 5 }));
        const [contact] = toRows(await agent.call("find_contacts", { phone: open }));
        const tags = ((contact?.tags ?? []) as string[]).map(toPlain);
        if (toPlain(last?.content) === "STOP" || tags.includes("do-not-contact")) return ["opted out"];
      }
      await agent.call("send_message", { platform: "whatsapp", to: open, content: "New colours are here." });
      return ["sent"];
    },
    isRight: async (answer, reference) =>
      isAnswer(answer, ["opted out"]) && (await readSent(reference, open)).length === 0,
  };
}

const sentOnce: Task = {
  name: "send once, though asked twice",
  prompt: `Send "Your refund is on its way." to ${open}. Somebody asks you for the same again: it must not go out twice.`,
  leastRequests: 1,
  whyMore: "Another process may have sent it under that reference: the history tells.",
  run: async (agent) => {
    const content = "Your refund is on its way.";
    const conversationId = `whatsapp:${open}`;
    if (agent.tells("send_message", "metadata", "clientReference")) {
      const metadata = agent.toMap("send_message", "metadata", { clientReference: "refund-59" });
      for (let asked = 0; asked < 2; asked++)
        await agent.call("send_message", { platform: "whatsapp", to: open, content, metadata });
      return;
    }
    for (let asked = 0; asked < 2; asked++) {
      const args = { conversationId, limit: 5 };
      const recent = agent.tools.some(({ name }) => name === "find_messages")
        ? await agent.call("find_messages", { ...args, contains: content, direction: "outbound" })
        : await agent.call("list_messages", args);
      if (toRows(recent).some((message) => toPlain(message.content) === content)) continue;
      await agent.call("send_message", { platform: "whatsapp", to: open, content });
    }
  },
  isRight: async (_answer, reference) => (await readSent(reference, open)).length === 1,
};

const leadPhones = Array.from({ length: 8 }, (_, index) => `+97150777000${index}`);

const followUp: Task = {
  name: "follow up eight leads with a tag by template",
  prompt: "Send the template order_news in English to each contact with the tag demo-day, with the first name.",
  leastRequests: 11,
  whyMore: "The template is looked up once: a wrong value is refused before it is sent.",
  prepare: async (reference) => {
    await addTemplates(reference);
    for (const phone of leadPhones)
      await saveContact(reference, { phone, firstName: `Lead ${phone.slice(-1)}`, tags: ["demo-day"] });
  },
  run: async (agent) => {
    const args = agent.has("find_contacts", "tag") ? { tag: "demo-day" } : { query: "lead", limit: 100 };
    for (const { phone, firstName, tags = [] } of await agent.list("find_contacts", args)) {
      if (!(tags as string[]).map(toPlain).includes("demo-day")) continue;
      const parameters = [toPlain(firstName)];
      await agent.call("send_template", { to: phone, template: "order_news", language: "en", parameters });
    }
  },
  isRight: async (_answer, reference) => {
    for (const phone of leadPhones) {
      const sent = await readSent(reference, phone);
      const { firstName } = (await readContact(reference, `phone=${phone}`)) ?? {};
      if (sent.length !== 1 || sent[0]?.content !== `Hi ${firstName}, news for you.`) return false;
    }
    return true;
  },
};

const germanTemplates: Task = {
  name: "which templates there are in German",
  prompt: "Which templates are there in German? Give their names.",
  leastRequests: 1,
  prepare: addTemplates,
  run: async (agent) =>
    (await agent.list("list_templates", agent.has("list_templates", "language") ? { language: "de" } : {}))
      .filter(({ language }) => language === "de")
      .map(({ name }) => name),
  isRight: (answer) => isAnswer(answer, ["order_news"]),
};

export const sendingTasks = [
  sendsTemplate("a header image", "parcel", { image: "https://example.com/a.png", 1: "Sara" }, "Hi Sara"),
  sendsTemplate("named variables", "receipt", { name: "Sara", order: "59" }, "Hi Sara, order 59 is paid."),
  sendsTemplate("a URL button", "track", { 0: "P59" }, "P59"),
  insideWindow,
  outsideWindow,
  repliesToAll,
  sendsNothing("wrote STOP", ({ control }) => control.inbound({ platform: "whatsapp", from: open, content: "STOP" })),
  sendsNothing(
    "has the tag do-not-contact",
    (reference) => saveContact(reference, { phone: open, tags: ["do-not-contact"] }),
    whyChecked,
  ),
  sentOnce,
  followUp,
  germanTemplates,
];
