/** What webhook events settle, and that no delivery waits for it or fails by it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createMemoryLedger } from "../../src/client/index.ts";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { createFingerprint } from "../../src/client/send/reference.ts";
import { openSqliteLedger, settleFromEvent, settlingSends } from "../../src/ledger/index.ts";
import { createReceiver, type Event, openSqliteStore, signPayload } from "../../src/webhooks/index.ts";
import { leaseMs, messageOf } from "./messages.ts";

const { scope } = messageOf("order-1");

function eventOf(data: object, type = "message.created", id = "evt_1"): Event {
  return {
    id,
    type,
    orgId: "org_1",
    createdAt: "2024-12-01T10:00:02.000Z",
    data: {
      id: "msg_1",
      conversationId: "whatsapp:971500000000",
      direction: "outbound",
      createdAt: "2024-12-01T10:00:01.000Z",
      metadata: { clientReference: "order-1" },
      ...data,
    },
  } as unknown as Event;
}

async function claimed(): Promise<SendLedger> {
  const ledger = createMemoryLedger();
  await ledger.claim(messageOf("order-1"), { leaseMs });
  return ledger;
}

test.each(["message.created", "message.updated"])(
  "%s closes the send of its reference, with what it says of the message",
  async (type) => {
    const ledger = await claimed();
    await settleFromEvent(ledger, scope, eventOf({ status: "delivered" }, type));
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({
      state: "sent",
      messageId: "msg_1",
      conversationId: "whatsapp:971500000000",
      sentAt: "2024-12-01T10:00:01.000Z",
    });
  },
);

test.each<[string, Event, string]>([
  ["an inbound message that quotes the reference", eventOf({ direction: "inbound" }), scope],
  ["a message without a reference", eventOf({ metadata: {} }), scope],
  ["a message without metadata", eventOf({ metadata: null }), scope],
  ["a reference that is no text", eventOf({ metadata: { clientReference: ["order-1"] } }), scope],
  ["a message without an id", eventOf({ id: "" }), scope],
  ["another event", eventOf({}, "conversation.assigned"), scope],
  ["another reference", eventOf({ metadata: { clientReference: "order-1 " } }), scope],
  ["another scope", eventOf({}), "https://staging.example.com/v1"],
])("%s settles no send", async (_name, event, from) => {
  const ledger = await claimed();
  expect(await settleFromEvent(ledger, from, event)).toBeNull();
  expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed" });
});

test("an event of another text under the reference settles nothing, one of the same text does", async () => {
  const ledger = createMemoryLedger();
  const input = { platform: "telegram", to: "sara", messageType: "text", content: "Order 17 has left." } as const;
  const message = { scope, reference: "17", platform: "telegram", to: "sara", messageType: "text" };
  await ledger.claim({ ...message, fingerprint: createFingerprint(input) }, { leaseMs });
  // OnSync may write a reference of digits as a number.
  const about = (content: string) => eventOf({ content, metadata: { clientReference: 17 } });
  expect(await settleFromEvent(ledger, scope, about("Order 17 is confirmed."))).toBeNull();
  expect(await ledger.find(message)).toMatchObject({ state: "claimed" });
  expect(await settleFromEvent(ledger, scope, about(input.content))).toMatchObject({ state: "sent" });
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-settle-event-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const secret = "a-secret-of-the-endpoint";

function deliver(receiver: ReturnType<typeof createReceiver>, event: Event): Promise<Response> {
  const body = JSON.stringify(event);
  const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
  return receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body }));
}

test("while another process holds the ledger deliveries are acknowledged, and the send is closed when it lets go", async () => {
  const file = join(folder, "held.db");
  const ledger = openSqliteLedger({ file });
  await ledger.claim(messageOf("order-1"), { leaseMs });
  const other = new DatabaseSync(file);
  other.exec("BEGIN IMMEDIATE");
  const store = openSqliteStore({ file: ":memory:" });
  const failures: unknown[] = [];
  const settling = settlingSends(store, { ledger, scope }, (error) => failures.push(error));
  const receiver = createReceiver({ secrets: [secret], store: settling });
  // Acknowledged while it is held: it is let go of afterwards alone.
  for (const id of ["evt_1", "evt_2", "evt_3"])
    expect((await deliver(receiver, eventOf({}, "message.updated", id))).status).toBe(200);
  expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed" });
  other.exec("ROLLBACK");
  other.close();
  const isSent = async () => (await ledger.find(messageOf("order-1")))?.state === "sent";
  for (let tries = 0; tries < 20_000 && !(await isSent()); tries++) await new Promise(setImmediate);
  expect(await isSent()).toBe(true);
  expect(failures).toEqual([]);
  await store.close();
  await ledger.close();
});

test("a ledger that fails is told of, and fails no delivery", async () => {
  const ledger = openSqliteLedger({ file: join(folder, "closed.db") });
  await ledger.close();
  const store = openSqliteStore({ file: ":memory:" });
  const failed = Promise.withResolvers<[unknown, Event]>();
  const settling = settlingSends(store, { ledger, scope }, (error, event) => failed.resolve([error, event]));
  const receiver = createReceiver({ secrets: [secret], store: settling });
  expect((await deliver(receiver, eventOf({}))).status).toBe(200);
  expect(await failed.promise).toMatchObject([
    { message: expect.stringMatching(/not open|finalized/) },
    { id: "evt_1" },
  ]);
  await store.close();
});
