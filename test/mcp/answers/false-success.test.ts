/** Calls that once looked as if they had done what was asked: each now does it, or says that it has not. */
import { describe, expect, test } from "@jest/globals";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect } from "../session.ts";

async function start() {
  const pair = await onsyncPair();
  await pair.reference.control.clock({ freeze: true });
  await pair.reference.control.inbound({ platform: "telegram", from: "482910377", content: "Hello" });
  const session = await connect({ onsync: pair.onsync });
  /** Each conversation's texts of ours, as the API itself tells them. */
  const readOutbound = async () => {
    const { data } = await pair.onsync.conversations.list({});
    const texts: Record<string, string[]> = {};
    for (const { id } of data) {
      const history = await pair.onsync.messages.list(id, {});
      texts[id] = history.data.filter(({ direction }) => direction === "outbound").map(({ content }) => content ?? "");
    }
    return texts;
  };
  return {
    ...pair,
    call: session.call,
    readOutbound,
    async [Symbol.asyncDispose]() {
      await session.client.close();
      await pair.reference.close();
    },
  };
}

describe("a conversation's id as the address", () => {
  test("is the conversation", async () => {
    await using world = await start();
    const sent = await world.call("send_message", { platform: "telegram", to: "telegram:482910377", content: "Hi" });
    expect([sent.isError, sent.data.conversationId]).toEqual([false, "telegram:482910377"]);
    expect(await world.readOutbound()).toEqual({ "telegram:482910377": ["Hi"] });
  });

  test.each(["facebook:482910377", "TELEGRAM:482910377", " telegram:482910377"])(
    "%j opens no other conversation",
    async (to) => {
      await using world = await start();
      const sent = await world.call("send_message", { platform: "telegram", to, content: "Hi" });
      expect(Object.keys(await world.readOutbound())).toEqual(["telegram:482910377"]);
      if (sent.isError) expect(sent.text).toContain("without the platform before it");
    },
  );

  test("is refused in every face, by the operation itself", async () => {
    await using world = await start();
    const { runOperation, operations } = await import("../../../src/operations/index.ts");
    const input = { platform: "telegram", to: "telegram:482910377", content: "Hi" };
    await expect(runOperation(operations.send_message, world.onsync, input)).rejects.toThrow("the address alone");
  });
});

describe("conversationId in place of platform and to", () => {
  test("sends to the customer of the conversation", async () => {
    await using world = await start();
    const sent = await world.call("send_message", { conversationId: "telegram:482910377", content: "Hi" });
    expect(sent.data).toMatchObject({ conversationId: "telegram:482910377", status: "queued" });
  });

  test("is refused beside another customer's address, and nothing is sent", async () => {
    await using world = await start();
    const refused = await world.call("send_message", {
      conversationId: "telegram:482910377",
      platform: "telegram",
      to: "77",
      content: "Hi",
    });
    expect(refused.text).toContain("two different customers");
    expect(await world.readOutbound()).toEqual({ "telegram:482910377": [] });
  });

  test("with neither, the answer says what to give", async () => {
    await using world = await start();
    expect((await world.call("send_message", { content: "Hi" })).text).toContain("give conversationId");
  });

  test.each(["digits", "opaque"] as const)("is found where ids are %s", async (conversationIds) => {
    await using world = await start();
    await world.reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Hello" });
    await world.onsync.messages.send({
      platform: "whatsapp",
      to: "+971500000000",
      messageType: "text",
      content: "Before",
    });
    await world.reference.control.behaviour({ conversationIds });
    const { data } = await world.onsync.conversations.list({ platform: "whatsapp" });
    const id = data[0]?.id ?? "";
    const sent = await world.call("send_message", { conversationId: id, content: "After" });
    expect([id, sent.isError]).toEqual([id, false]);
    expect((await world.readOutbound())[id]).toEqual(["After", "Before"]);
  });
});

test("a clientReference copied from an earlier message says that nothing was sent now, and sends nothing", async () => {
  await using world = await start();
  const first = { conversationId: "telegram:482910377", content: "Hi", metadata: { clientReference: "order-1187" } };
  await world.call("send_message", first);
  // Another process, which has no memory of the first.
  const other = createOnSync({
    apiKey: world.reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => world.reference.fetch(request)),
  });
  const session = await connect({ onsync: other });
  for (const call of [world.call, session.call]) {
    const again = await call("send_message", first);
    expect(again.text).toMatch(/^Nothing was sent now/m);
    expect(again.text).not.toContain("Accepted");
    expect(again.data.alreadySent).toBe(true);
    const different = await call("send_message", { ...first, content: "Something else" });
    expect([different.isError, different.error?.code]).toEqual([true, "reference_conflict"]);
  }
  expect(await world.readOutbound()).toEqual({ "telegram:482910377": ["Hi"] });
  await session.client.close();
});

describe("check_messaging_window", () => {
  test.each(["garbage", "sara", "whatsapp:hello", "whatsapp:", "sms:+971500000000", "482910377", ":"])(
    "%j is no conversation, and nothing may be sent to it",
    async (conversationId) => {
      await using world = await start();
      const answer = await world.call("check_messaging_window", { conversationId });
      expect(answer.isError).toBe(true);
      expect(answer.text).toContain("platform:address");
    },
  );

  test("an address that nobody has written from is told as such", async () => {
    await using world = await start();
    const answer = await world.call("check_messaging_window", { conversationId: "telegram:482910378" });
    expect(answer.data.reasons).toMatchObject([{ code: "no_conversation" }]);
    expect(answer.text).not.toContain("at any time");
    expect(answer.text).toContain("no_conversation: No conversation with this address is known");
  });
});
