/** Demo data: a small story of a trade-fair lead, an order that is late, and quieter conversations. */
import type { Platform } from "../src/api/index.ts";
import { createTrigger } from "./automation/triggers.ts";
import { createClock } from "./clock.ts";
import type { ReferenceContext } from "./context.ts";
import { createIds } from "./ids.ts";
import { saveContact } from "./inbox/contacts.ts";
import { getConversationByAnyId, resolveConversation } from "./inbox/conversations.ts";
import { receiveMessage, sendMessage, setMessageStatus } from "./inbox/messages.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const templates = [
  {
    name: "appointment_reminder",
    language: "en",
    category: "UTILITY",
    components: [
      { type: "HEADER", text: "Your appointment" },
      { type: "BODY", text: "Hi {{1}}, we expect you on {{2}} at {{3}}. Reply YES to confirm." },
    ],
  },
  {
    name: "order_follow_up",
    language: "ar",
    category: "UTILITY",
    components: [{ type: "BODY", text: "مرحباً {{1}}، طلبك في الطريق إليك." }],
  },
];

/** Switched off, to be looked at and switched on: until then messages set off nothing that their sender did not ask for. */
const triggers: Parameters<typeof createTrigger>[2][] = [
  {
    name: "Late orders",
    enabled: false,
    when: { direction: "inbound", contains: ["order", "parcel", "طلب"] },
    actions: { addTags: ["order"], assign: "Layla Haddad" },
  },
  {
    name: "Out of office",
    enabled: false,
    when: { direction: "inbound", platforms: ["whatsapp"] },
    actions: { reply: { template: "order_follow_up", language: "en", parameters: ["{{firstName}}"] } },
  },
];

/** What happened, and how long ago: in the order in which it happened. */
type Step =
  | { ago: number; contact: Parameters<typeof saveContact>[2] }
  | { ago: number; from: string; platform: Platform; says: string; name?: string }
  | { ago: number; to: string; platform: Platform; text: string }
  | { ago: number; to: string; template: string; values: string[] }
  | { ago: number; resolve: string };

const sara = "+971500000000";
const yusuf = "+971501112233";
const marta = "+34600112233";

const story: Step[] = [
  {
    ago: 9 * day,
    contact: {
      firstName: "Marta",
      lastName: "Ruiz",
      phone: marta,
      email: "marta@example.com",
      tags: ["customer"],
      channel: "whatsapp",
      properties: { language: "es", externalId: "crm_8731" },
    },
  },
  { ago: 9 * day - hour, platform: "whatsapp", from: marta, says: "Do you ship to Valencia?" },
  { ago: 9 * day - 2 * hour, platform: "whatsapp", to: marta, text: "Yes, in three to five days." },
  { ago: 8 * day, resolve: `whatsapp:${marta}` },
  {
    ago: 4 * day,
    contact: {
      firstName: "Sara",
      lastName: "Hussein",
      phone: sara,
      email: "sara@example.com",
      tags: ["lead", "expo"],
      channel: "instagram",
      properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
    },
  },
  {
    ago: 3 * day,
    platform: "whatsapp",
    from: yusuf,
    name: "Yusuf Rahman",
    says: "Order 1187 has not arrived yet. Where is it?",
  },
  { ago: 3 * day - 5 * minute, platform: "whatsapp", to: yusuf, text: "I am sorry, let me ask the courier." },
  { ago: 2 * day, to: yusuf, template: "order_follow_up", values: ["Yusuf"] },
  {
    ago: 30 * hour,
    platform: "instagram",
    from: "noor.designs",
    name: "Noor",
    says: "Love the new collection! Do you do gift cards?",
  },
  { ago: 29 * hour, platform: "instagram", to: "noor.designs", text: "We do, from 50 to 500 dirhams." },
  {
    ago: 5 * hour,
    platform: "telegram",
    from: "482910377",
    name: "Ivan Petrov",
    says: "Is the Saturday workshop full?",
  },
  { ago: 2 * hour + 6 * minute, platform: "whatsapp", from: sara, says: "Hi, we met at the expo booth." },
  { ago: 2 * hour + 4 * minute, platform: "whatsapp", to: sara, text: "Welcome to OnSync. Reply STOP to unsubscribe." },
  { ago: 2 * hour, platform: "whatsapp", from: sara, says: "Hi, can you confirm my order?" },
];

function playStep(context: ReferenceContext, orgId: string, step: Step): void {
  if ("contact" in step) saveContact(context, orgId, step.contact);
  else if ("says" in step) {
    receiveMessage(context, orgId, { platform: step.platform, from: step.from, content: step.says, name: step.name });
  } else if ("resolve" in step) resolveConversation(context, getConversationByAnyId(context, orgId, step.resolve));
  else {
    const { message } =
      "template" in step
        ? sendMessage(context, orgId, {
            platform: "whatsapp",
            to: step.to,
            messageType: "template",
            metadata: {
              template: {
                name: step.template,
                language: "en",
                components: [{ type: "body", parameters: step.values.map((text) => ({ type: "text", text })) }],
              },
            },
          })
        : sendMessage(context, orgId, {
            platform: step.platform,
            to: step.to,
            messageType: "text",
            content: step.text,
            metadata: { source: "api" },
          });
    setMessageStatus(context, message.id, "delivered");
  }
}

/** Fills a reference that holds nothing. Sara wrote two hours ago: her 24-hour window is open; Yusuf's is closed. */
export function seedDemo(context: ReferenceContext, orgId: string): void {
  for (const template of templates) {
    context.store.templates.save(orgId, { ...template, status: "approved", platform: "whatsapp" });
  }
  for (const trigger of triggers) createTrigger(context, orgId, trigger);
  // The story is told on a clock of its own, so that everything carries the time at which it happened.
  const now = context.clock.now();
  let then = now;
  const clock = createClock(() => then);
  const past: ReferenceContext = { ...context, clock, ids: createIds(clock.now) };
  for (const step of story) {
    then = now - step.ago;
    playStep(past, orgId, step);
  }
}
