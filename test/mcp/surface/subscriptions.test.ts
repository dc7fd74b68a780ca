/** Resource subscriptions: a host is told that what it shows has changed. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { type Event, sampleEvent } from "../../../src/api/index.ts";
import { createEventLog } from "../../../src/webhooks/index.ts";
import { messageEvent } from "../../../testing/events.ts";
import { connect, scripted } from "../session.ts";

const onsync = scripted({});

const contactUri = (id: string) => `onsync://contacts/${id}`;
const conversationUri = (id: string) => `onsync://conversations/${encodeURIComponent(id)}/messages`;

const subscribed = async (uris: readonly string[]) => {
  const events = createEventLog();
  const told: string[] = [];
  const session = await connect({ onsync, events }, {}, (client) => {
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri));
  });
  for (const uri of uris) await session.client.subscribeResource({ uri });
  await turn();
  return { events, told, session, [Symbol.asyncDispose]: () => session.client.close() };
};
const settled = async () => {
  for (let n = 0; n < 20; n++) await turn();
};

test("a host is told when a message or a contact it watches changes, by the address it used", async () => {
  const contact = sampleEvent("contact.updated");
  const uris = [
    conversationUri("whatsapp:+1"),
    "onsync://conversations/whatsapp:+1/messages",
    contactUri(contact.data.id),
  ];
  await using at = await subscribed(uris);
  expect(at.session.client.getServerCapabilities()?.resources).toEqual({ subscribe: true });
  at.events.append(messageEvent("evt_1", "whatsapp:+1"));
  at.events.append(messageEvent("evt_2", "whatsapp:+2"));
  at.events.append({ ...contact, id: "evt_3" } as Event);
  await settled();
  expect([...new Set(at.told)].sort()).toEqual([...uris].sort());
});

test("a host that unsubscribes is told no more", async () => {
  const uri = conversationUri("whatsapp:+1");
  await using at = await subscribed([uri, contactUri("contact_1")]);
  await at.session.client.unsubscribeResource({ uri });
  at.events.append(messageEvent("evt_1", "whatsapp:+1"));
  await settled();
  expect(at.told).toEqual([]);
});

test("what does not change cannot be subscribed to", async () => {
  await using at = await subscribed([]);
  await expect(at.session.client.subscribeResource({ uri: "onsync://guide/whatsapp-window" })).rejects.toMatchObject({
    code: -32602,
  });
});

test("without a receiver there is nothing to subscribe to", async () => {
  await using session = await connect({ onsync });
  expect(session.client.getServerCapabilities()?.resources).toEqual({});
});
