/** The steps of a Zap whose cost in requests is told, with the fewest that any app could do them by. */
import { type EventType, eventTypes, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";

type Bundle = Record<string, unknown>;
export type Ids = { contactId: string };
type Step = {
  /** As the table names it. */
  name: string;
  /** The operation it shows the cost of: `creates.save_contact`. */
  of: string;
  part?: "perform" | "performList" | "performSubscribe";
  /** The fewest requests by which any app could do it, by docs/onsync-api.txt and docs/contract.md. */
  least: number;
  /** Why it takes more than that. */
  why?: string;
  bundle: (ids: Ids) => Bundle;
};

export const phone = "+971500000000";
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
  least: 0,
  bundle: () => toDelivery(type),
}));

const contact = { phone: "+971500000042", email: "omar@example.com", externalId: "crm_42", firstName: "Omar" };
const template = { template: "order_follow_up", language: "en", parameters: ["Sara"] };
const templateInstead = { outsideWindow: "template", ...template };
/** A customer who has not written. */
const silent = "+971500000044";
const text = { platform: "whatsapp", to: phone, content: "Your order is on its way" };

const whyTwoHistories =
  "The two conversations active last are looked into, since the first may have nothing that the Zap's filters let through.";
const whyFindOrCreate =
  "A save overwrites whoever has one of the identifiers, and a search finds only who has them all: each is looked for alone.";
const whyTags =
  "OnSync has no conditional write: the contact is read again after it, so that no tag of somebody else's is lost.";
const whyOrg = "Whose key it is, is asked once a day: two connections of one org know each other's sends by it.";
const whyReference = "Another run may have sent it under that reference: the history tells.";
const whyTemplate = "The template is looked up, once in five minutes: a wrong value is refused before it is sent.";

/** The dearest of each kind; what fails, is retried or is looked for after a lost answer costs more. */
export const costSteps: Step[] = [
  {
    name: "turning a Zap on",
    of: "triggers.message_created",
    part: "performSubscribe",
    least: 1,
    bundle: () => ({ targetUrl: "https://hooks.zapier.com/hooks/1/" }),
  },
  ...triggerSteps,
  {
    name: "an event, First Message Only",
    of: "triggers.message_created",
    least: 1,
    bundle: () => toDelivery("message.created", { firstOnly: true }),
  },
  ...eventTypes.map(
    (type): Step => ({
      ...{ name: "setting a Zap up", of: toTriggerName(type), part: "performList", bundle: () => ({}) },
      ...(type.startsWith("message.") ? { least: 2, why: whyTwoHistories } : { least: 1 }),
    }),
  ),
  { name: "a page of the dropdown", of: "triggers.contact_list", least: 1, bundle: () => ({ meta: { page: 0 } }) },
  { name: "a page of the dropdown", of: "triggers.conversation_list", least: 1, bundle: () => ({ meta: { page: 0 } }) },
  { name: "the dropdown", of: "triggers.template_list", least: 1, bundle: () => ({}) },
  { name: "a run", of: "creates.save_contact", least: 1, bundle: withInput(() => contact) },
  {
    name: "Find or Create, after a miss, by one identifier",
    of: "creates.save_contact",
    least: 1,
    why: whyFindOrCreate,
    bundle: withInput(() => ({ email: "noor@example.com" }), { meta: { withSearch: true } }),
  },
  {
    name: "Find or Create, after a miss, by all three",
    of: "creates.save_contact",
    least: 1,
    why: whyFindOrCreate,
    bundle: withInput(() => ({ ...contact, phone: "+971500000043", email: "lina@example.com", externalId: "crm_43" }), {
      meta: { withSearch: true },
    }),
  },
  {
    name: "a run",
    of: "creates.update_contact",
    least: 1,
    bundle: withInput(({ contactId }) => ({ contactId, lastName: "Hussein" })),
  },
  {
    name: "a run",
    of: "creates.add_tags",
    least: 2,
    why: whyTags,
    bundle: withInput(({ contactId }) => ({ contactId, tags: ["vip"] })),
  },
  {
    name: "a run",
    of: "creates.remove_tags",
    least: 2,
    why: whyTags,
    bundle: withInput(({ contactId }) => ({ contactId, tags: ["expo"] })),
  },
  { name: "the day's first run", of: "creates.send_message", least: 1, why: whyOrg, bundle: withInput(() => text) },
  {
    name: "a run",
    of: "creates.send_message",
    least: 1,
    bundle: withInput(() => ({ ...text, content: "It has arrived" })),
  },
  {
    name: "a run with a Client Reference, after 1,000 messages within the hour",
    of: "creates.send_message",
    least: 1,
    why: whyReference,
    bundle: withInput(() => ({ ...text, content: "Thanks", clientReference: "order-1-thanks" })),
  },
  {
    name: "a run",
    of: "creates.send_template",
    least: 1,
    why: whyTemplate,
    bundle: withInput(() => ({ to: phone, ...template })),
  },
  {
    name: "a run",
    of: "creates.reply_to_conversation",
    least: 1,
    bundle: withInput(() => ({ conversationId, content: "Hello again" })),
  },
  {
    name: "a template in the text's place, with a Client Reference",
    least: 2,
    why: whyReference,
    of: "creates.send_message",
    bundle: withInput(() => ({ ...text, ...templateInstead, to: silent, clientReference: "order-2-shipped" })),
  },
  {
    name: "a template in the text's place, with a Client Reference",
    least: 2,
    why: whyReference,
    of: "creates.reply_to_conversation",
    bundle: withInput(() => ({
      ...{ conversationId: `whatsapp:${silent}`, content: "Shipped" },
      ...{ ...templateInstead, clientReference: "order-3-shipped" },
    })),
  },
  {
    name: "a run",
    of: "searches.find_contact",
    least: 1,
    bundle: withInput(() => ({ phone, email: "sara@example.com" })),
  },
  {
    name: "a match on the newest message",
    of: "searches.find_messages",
    least: 1,
    bundle: withInput(() => ({ conversationId, contains: "message 999." })),
  },
  {
    name: "no match",
    of: "searches.find_messages",
    least: 3,
    bundle: withInput(() => ({ conversationId, contains: "an invoice" })),
  },
  {
    name: "by address",
    of: "searches.find_conversation",
    least: 2,
    bundle: withInput(() => ({ platform: "whatsapp", to: phone })),
  },
  {
    name: "by contact",
    of: "searches.find_conversation",
    least: 3,
    bundle: withInput(({ contactId }) => ({ contactId })),
  },
  { name: "a run", of: "searches.check_messaging_window", least: 1, bundle: withInput(() => ({ conversationId })) },
  {
    name: "a run, for 250 messages",
    of: "searches.get_transcript",
    least: 3,
    bundle: withInput(() => ({ conversationId, limit: "250" })),
  },
];
