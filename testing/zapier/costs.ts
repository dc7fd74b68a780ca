/** What each step of a Zap costs of the org's 1,000 requests an hour: it is run against the reference, and they are counted. */
import zapier from "zapier-platform-core";
import { createReference, type Reference } from "../../reference/index.ts";
import { type EventType, eventTypes, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";

type Bundle = Record<string, unknown>;
type Ids = { contactId: string };
type Step = {
  /** As the table names it. */
  name: string;
  /** The operation it shows the cost of: `creates.save_contact`. */
  of: string;
  part?: "perform" | "performList" | "performSubscribe";
  bundle: (ids: Ids) => Bundle;
};

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;
const secret = "whsec_of_the_subscription";

function toTriggerName(type: EventType): string {
  return `triggers.${type.replace(".", "_")}`;
}

function toDelivery(type: EventType, inputData: object = {}): Bundle {
  const content = JSON.stringify(sampleEvent(type));
  return {
    inputData,
    subscribeData: { id: "wh_1", secret },
    rawRequest: { headers: { "Http-X-Onsync-Signature": signPayload(content, secret) }, content },
  };
}

function withInput(inputData: (ids: Ids) => object, more: Bundle = {}): Step["bundle"] {
  return (ids) => ({ inputData: inputData(ids), ...more });
}

const triggerSteps: Step[] = eventTypes.map((type) => ({
  name: "an event",
  of: toTriggerName(type),
  bundle: () => toDelivery(type),
}));

const contact = { phone: "+971500000042", email: "omar@example.com", externalId: "crm_42", firstName: "Omar" };
const template = { template: "order_follow_up", language: "en", parameters: ["Sara"] };
const templateInstead = { outsideWindow: "template", ...template };
/** A customer who has not written. */
const silent = "+971500000044";
const text = { platform: "whatsapp", to: phone, content: "Your order is on its way" };

/** The dearest of each kind; what fails, is retried or is looked for after a lost answer costs more. */
export const costSteps: Step[] = [
  {
    name: "turning a Zap on",
    of: "triggers.message_created",
    part: "performSubscribe",
    bundle: () => ({ targetUrl: "https://hooks.zapier.com/hooks/1/" }),
  },
  ...triggerSteps,
  {
    name: "an event, First Message Only",
    of: "triggers.message_created",
    bundle: () => toDelivery("message.created", { firstOnly: true }),
  },
  ...eventTypes.map(
    (type): Step => ({ name: "setting a Zap up", of: toTriggerName(type), part: "performList", bundle: () => ({}) }),
  ),
  { name: "a page of the dropdown", of: "triggers.contact_list", bundle: () => ({ meta: { page: 0 } }) },
  { name: "a page of the dropdown", of: "triggers.conversation_list", bundle: () => ({ meta: { page: 0 } }) },
  { name: "the dropdown", of: "triggers.template_list", bundle: () => ({}) },
  { name: "a run", of: "creates.save_contact", bundle: withInput(() => contact) },
  {
    name: "Find or Create, after a miss, by one identifier",
    of: "creates.save_contact",
    bundle: withInput(() => ({ email: "noor@example.com" }), { meta: { withSearch: true } }),
  },
  {
    name: "Find or Create, after a miss, by all three",
    of: "creates.save_contact",
    bundle: withInput(() => ({ ...contact, phone: "+971500000043", email: "lina@example.com", externalId: "crm_43" }), {
      meta: { withSearch: true },
    }),
  },
  {
    name: "a run",
    of: "creates.update_contact",
    bundle: withInput(({ contactId }) => ({ contactId, lastName: "Hussein" })),
  },
  { name: "a run", of: "creates.add_tags", bundle: withInput(({ contactId }) => ({ contactId, tags: ["vip"] })) },
  { name: "a run", of: "creates.remove_tags", bundle: withInput(({ contactId }) => ({ contactId, tags: ["expo"] })) },
  { name: "the day's first run", of: "creates.send_message", bundle: withInput(() => text) },
  { name: "a run", of: "creates.send_message", bundle: withInput(() => ({ ...text, content: "It has arrived" })) },
  {
    name: "a run with a Client Reference, after 1,000 messages within the hour",
    of: "creates.send_message",
    bundle: withInput(() => ({ ...text, content: "Thanks", clientReference: "order-1-thanks" })),
  },
  { name: "a run", of: "creates.send_template", bundle: withInput(() => ({ to: phone, ...template })) },
  {
    name: "a run",
    of: "creates.reply_to_conversation",
    bundle: withInput(() => ({ conversationId, content: "Hello again" })),
  },
  {
    name: "a template in the text's place, with a Client Reference",
    of: "creates.send_message",
    bundle: withInput(() => ({ ...text, ...templateInstead, to: silent, clientReference: "order-2-shipped" })),
  },
  {
    name: "a template in the text's place, with a Client Reference",
    of: "creates.reply_to_conversation",
    bundle: withInput(() => ({
      ...{ conversationId: `whatsapp:${silent}`, content: "Shipped" },
      ...{ ...templateInstead, clientReference: "order-3-shipped" },
    })),
  },
  { name: "a run", of: "searches.find_contact", bundle: withInput(() => ({ phone, email: "sara@example.com" })) },
  {
    name: "a match on the newest message",
    of: "searches.find_messages",
    bundle: withInput(() => ({ conversationId, contains: "message 999." })),
  },
  {
    name: "no match",
    of: "searches.find_messages",
    bundle: withInput(() => ({ conversationId, contains: "an invoice" })),
  },
  {
    name: "by address",
    of: "searches.find_conversation",
    bundle: withInput(() => ({ platform: "whatsapp", to: phone })),
  },
  { name: "by contact", of: "searches.find_conversation", bundle: withInput(({ contactId }) => ({ contactId })) },
  { name: "a run", of: "searches.check_messaging_window", bundle: withInput(() => ({ conversationId })) },
  {
    name: "a run, for 250 messages",
    of: "searches.get_transcript",
    bundle: withInput(() => ({ conversationId, limit: "250" })),
  },
];

type Handler = (event: object) => Promise<unknown>;

/** A contact with a conversation of a thousand messages, and a template. */
async function fill(reference: Reference, url: string): Promise<Ids> {
  const headers = { authorization: `Bearer ${reference.key}`, "content-type": "application/json" };
  const body = JSON.stringify({ phone, email: "sara@example.com", firstName: "Sara", tags: ["lead", "expo"] });
  const saved = await reference.fetch(new Request(`${url}/contacts`, { method: "POST", headers, body }));
  const { id } = (await saved.json()) as { id: string };
  for (let sent = 0; sent < 1000; sent++)
    await reference.control.inbound({ platform: "whatsapp", from: phone, content: `message ${sent}.` });
  for (const from of ["omar", "lina", "noor", "yusuf", "mona"])
    await reference.control.inbound({ platform: "telegram", from, content: "Hi" });
  return { contactId: id };
}

/** What the app's steps cost, in the order of `costSteps`; `null` where the app has no such step. */
export async function measureCosts(app: object): Promise<(number | null)[]> {
  const { createAppHandler } = zapier as unknown as { createAppHandler: (app: object) => Handler };
  const handler = createAppHandler(app);
  const reference = createReference();
  const listening = await reference.listen();
  const cache = {};
  const costs: (number | null)[] = [];
  try {
    const ids = await fill(reference, listening.url);
    for (const { of, part = "perform", bundle } of costSteps) {
      const [kind = "", key = ""] = of.split(".");
      const items = (app as Record<string, Record<string, unknown>>)[kind] ?? {};
      if (items[key] === undefined) {
        costs.push(null);
        continue;
      }
      let requests = 0;
      const event = {
        command: "execute",
        method: `${of}.operation.${part}`,
        bundle: {
          authData: { api_key: reference.key, base_url: listening.url },
          inputData: {},
          meta: {},
          ...bundle(ids),
        },
        zcacheTestObj: cache,
        cursorTestObj: {},
        calledFromCliInvoke: true,
        customLogger: (_message: string, { log_type }: { log_type?: string }) => {
          if (log_type === "http") requests++;
        },
      };
      // A search that ends without a match halts: it has cost what it has cost.
      await handler(event).catch(() => undefined);
      costs.push(requests);
    }
  } finally {
    await listening.close();
    await reference.close();
  }
  return costs;
}
