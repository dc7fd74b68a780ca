import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

async function findMessage(id: unknown): Promise<Row> {
  return (await zap.search("find_messages", { conversationId: `whatsapp:${phone}` })).find(
    (message) => message.id === id,
  ) as Row;
}

test("inside the window the text is sent, with the Zap's own data", async () => {
  await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  const message = await zap.create("send_message", {
    platform: "whatsapp",
    to: "+971 50 000 0000",
    content: "On its way {{1}} 👋\nمرحبا",
    metadata: { campaign: "expo" },
  });
  expect(message).toMatchObject({
    content: "On its way {{1}} 👋\nمرحبا",
    customerAddress: phone,
    conversationId: `whatsapp:${phone}`,
    outsideMessagingWindow: false,
    messagingWindowExpiredAt: null,
    clientReference: expect.any(String),
    metadata: { campaign: "expo" },
  });
  expect(await findMessage(message.id)).toMatchObject({ content: message.content });
});

test.each([["instagram"], ["facebook"], ["telegram"]])("a text is sent on %s", async (platform) => {
  expect(await zap.create("send_message", { platform, to: "sara.h", content: "Hi" })).toMatchObject({
    platform,
    customerAddress: "sara.h",
  });
});

test("4096 characters are sent, one more is refused before a request", async () => {
  const input = { platform: "telegram", to: "sara" };
  expect(await zap.create("send_message", { ...input, content: "😀".repeat(4096) })).toMatchObject({
    direction: "outbound",
  });
  zap.logs.length = 0;
  const shown = await zap.failure("creates.send_message.operation.perform", {
    inputData: { ...input, content: "x".repeat(4097) },
  });
  expect(shown.text).toBe("OnSync cannot take this. Message: must be at most 4096 characters.");
  expect(zap.logs.join("")).not.toContain("messaging/send");
});
