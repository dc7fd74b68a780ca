/** A send whose outcome is unknown, and the run that is replayed after it. */
import { expect, test } from "@jest/globals";
import { UnknownOutcomeError } from "../../src/client/index.ts";
import { operations } from "../../src/operations/index.ts";
import type { PerformContext } from "../../zapier/perform.ts";
import { sendWithReplayGuard } from "../../zapier/replay-guard.ts";
import { addFault, countMessages, expectNoSecrets, failToSend, startForEachTest, zap } from "./failing-steps.ts";

startForEachTest();

const input = { platform: "telegram", to: "sara", content: "Hi" };

/** The work is done, the answer is lost, and the history cannot be read. */
async function loseTheAnswer() {
  await addFault({ kind: "drop_response", path: "/v1/messaging/send", times: 1 });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
}

test("a send whose outcome is unknown halts, says what to check, and carries no secret", async () => {
  await loseTheAnswer();
  const shown = await failToSend();
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toBe(
    "The message may have been sent: OnSync's answer did not arrive. Check the conversation telegram:sara in OnSync. If you replay this run, it looks for it first and does not send it twice.",
  );
  expectNoSecrets(shown);
});

test("a replay finds the message and sends nothing; after that, the same text is a new message", async () => {
  await loseTheAnswer();
  await failToSend();
  const replayed = await zap.create("send_message", input);
  expect(await countMessages()).toBe(1);
  expect(await zap.search("find_messages", { conversationId: "telegram:sara" })).toMatchObject([{ id: replayed.id }]);
  expect((await zap.create("send_message", input)).id).not.toBe(replayed.id);
  expect(await countMessages()).toBe(2);
});

test("a replay sends where the message never arrived", async () => {
  await addFault({ status: 502, body: "<html>", path: "/v1/messaging/send", times: 1 });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  expect((await failToSend()).name).toBe("HaltedError");
  await zap.create("send_message", input);
  expect(await countMessages()).toBe(1);
});

test("another message that is sent meanwhile is not taken for the one whose outcome is unknown", async () => {
  await loseTheAnswer();
  await failToSend();
  await zap.create("send_message", { platform: "telegram", to: "sara", content: "Something else" });
  expect(await countMessages()).toBe(2);
});

test("without Zapier's cache nothing is promised about a replay", async () => {
  await loseTheAnswer();
  zap.cacheOutOfReach = true;
  const shown = await failToSend();
  expect(shown).toMatchObject({
    name: "HaltedError",
    text: expect.stringMatching(/Do not replay this run before you have looked\.$/),
  });
});

test("a client reference of the Zap's own sends once, however often it runs", async () => {
  const first = await zap.create("send_message", { ...input, clientReference: "order-1" });
  expect(first).toMatchObject({ clientReference: "order-1" });
  expect((await zap.create("send_message", { ...input, clientReference: "order-1" })).id).toBe(first.id);
  expect((await zap.create("send_message", { ...input, clientReference: "order-2" })).id).not.toBe(first.id);
  expect(await countMessages()).toBe(2);
});

test("the reference of a send whose outcome is unknown is remembered for a week", async () => {
  const kept: unknown[] = [];
  const cache = {
    get: async () => null,
    set: async (_key: string, _value: unknown, seconds: number) => kept.push(seconds) > 0,
    delete: async () => true,
  };
  const send = async () => {
    throw new UnknownOutcomeError("?", { clientReference: "reference-1", conversationId: "telegram:sara" });
  };
  const context = {
    z: { cache, console: { log: () => undefined }, errors: { HaltedError: Error } },
    bundle: { inputData: {} },
    onsync: { messages: { send } },
  } as unknown as PerformContext;
  await expect(sendWithReplayGuard(operations.send_message, input, context, {})).rejects.toThrow("may have been sent");
  expect(kept).toEqual([7 * 24 * 60 * 60]);
});
