/** Find Messaging Window: whether a text may be sent, before a Zap tries it. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { messagingWindowMs } from "../../src/api/index.ts";
import { startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap({ rateLimit: 1_000_000 });
  await zap.reference.control.clock({ freeze: true });
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

function inbound() {
  return zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
}

function find() {
  return zap.search("check_messaging_window", { conversationId });
}

test("the window is open for 24 hours after the customer's message", async () => {
  const { createdAt } = await inbound();
  expect(await find()).toMatchObject([
    {
      open: true,
      requiresTemplate: false,
      lastInboundAt: createdAt,
      secondsLeft: messagingWindowMs / 1000,
      platform: "whatsapp",
      customerAddress: phone,
      id: conversationId,
    },
  ]);
  await zap.reference.control.clock({ advanceMs: messagingWindowMs });
  expect(await find()).toMatchObject([{ open: false, requiresTemplate: true, secondsLeft: 0 }]);
});

test("a conversation that nobody knows has a closed window, not an error", async () => {
  expect(await find()).toMatchObject([{ open: false, requiresTemplate: true, lastInboundAt: null, expiresAt: null }]);
});

test("three requests at most look for the customer's message behind answers of our own", async () => {
  await inbound();
  const send = (index: number) =>
    zap.create("send_message", { platform: "whatsapp", to: phone, content: `No ${index}` });
  await send(0);
  expect(await countRequests(zap, find)).toBe(1);
  const api = (index: number) =>
    zap.reference.fetch(
      new Request("http://127.0.0.1/v1/messaging/send", {
        method: "POST",
        headers: { authorization: `Bearer ${zap.reference.key}`, "content-type": "application/json" },
        body: JSON.stringify({ platform: "whatsapp", to: phone, messageType: "text", content: `No ${index}` }),
      }),
    );
  for (let index = 1; index < 200; index++) await api(index);
  expect(await find()).toMatchObject([{ open: true }]);
  for (let index = 200; index < 500; index++) await api(index);
  expect(await countRequests(zap, find)).toBe(3);
});
