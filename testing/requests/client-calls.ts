/** What each call of the client costs of the org's 1,000 requests an hour. */
import type { OnSync } from "../../src/client/index.ts";
import { type Account, conversationId, fillAccount, phone } from "./account.ts";
import { type Cost, countEach, withCounted } from "./count.ts";

const text = { platform: "whatsapp", to: phone, messageType: "text" } as const;
const referenced = { clientReference: "order-1-shipped" };

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of items);
}

let webhookId = "";

export const callCosts: readonly Cost<Account>[] = [
  { of: "account.get", least: 1, run: ({ onsync }) => onsync.account.get() },
  { of: "account.check", least: 1, run: ({ onsync }) => onsync.account.check() },
  { of: "contacts.save", least: 1, run: ({ onsync }) => onsync.contacts.save({ phone, lastName: "Hussein" }) },
  { of: "contacts.get", least: 1, run: ({ onsync, contactId }) => onsync.contacts.get(contactId) },
  {
    of: "contacts.update",
    least: 1,
    run: ({ onsync, contactId }) => onsync.contacts.update(contactId, { firstName: "Sarah" }),
  },
  { of: "contacts.list", least: 1, run: ({ onsync }) => onsync.contacts.list({ phone }) },
  { of: "contacts.iterate", when: "of 250", least: 3, run: ({ onsync }) => readAll(onsync.contacts.iterate()) },
  { of: "conversations.list", least: 1, run: ({ onsync }) => onsync.conversations.list() },
  { of: "conversations.iterate", when: "of 1", least: 1, run: ({ onsync }) => readAll(onsync.conversations.iterate()) },
  { of: "messages.list", least: 1, run: ({ onsync }) => onsync.messages.list(conversationId) },
  {
    of: "messages.iterate",
    when: "of 250",
    least: 3,
    run: ({ onsync }) => readAll(onsync.messages.iterate(conversationId)),
  },
  {
    of: "messages.iteratePages",
    when: "of 250",
    least: 3,
    run: ({ onsync }) => readAll(onsync.messages.iteratePages(conversationId)),
  },
  { of: "messages.send", least: 1, run: ({ onsync }) => onsync.messages.send({ ...text, content: "On its way" }) },
  {
    of: "messages.send",
    when: "under a reference of yours",
    least: 1,
    why: "Another process may have sent it under that reference: the history tells.",
    run: ({ onsync }) => onsync.messages.send({ ...text, content: "Shipped", metadata: referenced }),
  },
  {
    of: "messages.send",
    when: "under the same reference again",
    least: 0,
    run: ({ onsync }) => onsync.messages.send({ ...text, content: "Shipped", metadata: referenced }),
  },
  {
    of: "messages.settle",
    when: "of a message that is known to be sent",
    least: 0,
    run: ({ onsync }) => onsync.messages.settle(referenced.clientReference),
  },
  { of: "templates.list", least: 1, run: ({ onsync }) => onsync.templates.list() },
  {
    of: "webhooks.create",
    least: 1,
    run: async ({ onsync }) => {
      const { id } = await onsync.webhooks.create({ url: "https://example.com/hook", events: ["message.created"] });
      webhookId = id;
    },
  },
  { of: "webhooks.list", least: 1, run: ({ onsync }) => onsync.webhooks.list() },
  { of: "webhooks.delete", least: 1, run: ({ onsync }) => onsync.webhooks.delete(webhookId) },
];

/** The names of a client's calls, such as `contacts.save`. */
export function listCalls(onsync: OnSync): string[] {
  return Object.entries(onsync).flatMap(([resource, calls]) =>
    calls !== null && typeof calls === "object"
      ? Object.entries(calls)
          .filter(([, call]) => typeof call === "function")
          .map(([name]) => `${resource}.${name}`)
      : [],
  );
}

/** What the calls cost, in the order of `callCosts`, and the names of all that there are. */
export function countCalls(): Promise<{ counts: number[]; names: string[] }> {
  return withCounted(async ({ reference, onsync, count }) => {
    const contactId = await fillAccount(reference);
    return { counts: await countEach(callCosts, { onsync, contactId }, count), names: listCalls(onsync) };
  });
}
