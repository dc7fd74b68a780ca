/** A send whose outcome is unknown, and the runs that come after it. */
import { afterEach, expect, test } from "@jest/globals";
import {
  addFault,
  countMessages,
  expectNoSecrets,
  failToSend,
  startForEachTest,
  zap,
} from "../errors/failing-steps.ts";

startForEachTest();
const afterGraceMs = 6 * 60_000;
const realNow = Date.now;
afterEach(() => {
  Date.now = realNow;
});

const input = { platform: "telegram", to: "sara", content: "Hi" };

/** The work is done, the answer is lost, and the history cannot be read. */
async function loseTheAnswer() {
  await addFault({ kind: "drop_response", path: "/v1/messaging/send", times: 1 });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
}

function pass(ms: number) {
  Date.now = () => realNow() + ms;
}

function countSent() {
  return zap.reference.snapshot().data.messages.length;
}

const sentBefore = {
  name: "HaltedError",
  text: expect.stringMatching(
    /^Nothing was sent now: this very message was sent on \d{4}-\d\d-\d\d at \d\d:\d\d by a run that may not have ended well\. If this is another message with the same words, map a Client Reference that it has alone\.$/,
  ),
};

test("a send whose outcome is unknown halts, says what to check, and carries no secret", async () => {
  await loseTheAnswer();
  const shown = await failToSend();
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toBe(
    "The message may have been sent: OnSync's answer did not arrive. Check the conversation telegram:sara in OnSync. If you replay this run, it looks for it first and does not send it twice.",
  );
  expectNoSecrets(shown);
});

test("a run with the words of a halted one finds its message, sends nothing, and halts: it may be another message", async () => {
  await loseTheAnswer();
  await failToSend();
  for (let run = 0; run < 2; run++) expect(await failToSend()).toMatchObject(sentBefore);
  expect(await countMessages()).toBe(1);
});

test("a halted run is remembered for a day", async () => {
  await loseTheAnswer();
  await failToSend();
  const [run] = [...zap.cache.entries].filter(([name]) => name.includes('"run:'));
  expect(run?.[1].seconds).toBe(24 * 60 * 60);
});

test("that run may be another message: with a Client Reference of its own it is sent", async () => {
  await loseTheAnswer();
  await failToSend();
  await zap.create("send_message", { ...input, clientReference: "visit-2-greeting" });
  expect(await countMessages()).toBe(2);
});

test("a run that ended well is forgotten: the same words are a new message", async () => {
  const first = await zap.create("send_message", input);
  expect((await zap.create("send_message", input)).id).not.toBe(first.id);
  expect(zap.cache.keys().filter((key) => key.startsWith("run:"))).toEqual([]);
});

test("a run that certainly sent nothing is forgotten: the next one does not look for its message", async () => {
  await addFault({ status: 429, headers: { "Retry-After": "600" }, path: "/v1/messaging/send", times: 1 });
  expect((await failToSend()).name).toBe("ThrottledError");
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  await zap.create("send_message", input);
  await zap.reference.control.faults.clear();
  expect(await countMessages()).toBe(1);
});

test("a replay is held until it is certain that the message never arrived, and then sends it", async () => {
  await addFault({ status: 502, body: "<html>", path: "/v1/messaging/send", times: 1 });
  await addFault({ status: 403, path: "/v1/conversations/*/messages", times: 1 });
  expect((await failToSend()).name).toBe("HaltedError");
  // The first message of the conversation names its id.
  await zap.create("send_message", { ...input, content: "Another" });
  const held = await failToSend();
  expect(held).toMatchObject({ name: "ThrottledError", text: expect.stringContaining("cannot be told yet") });
  expect(held.delay).toBeGreaterThan(300);
  expect(await countMessages()).toBe(1);
  pass(afterGraceMs);
  await zap.create("send_message", input);
  expect(await countMessages()).toBe(2);
});

test("another message that is sent meanwhile is not taken for the one whose outcome is unknown", async () => {
  await loseTheAnswer();
  await failToSend();
  await zap.create("send_message", { platform: "telegram", to: "sara", content: "Something else" });
  expect(await countMessages()).toBe(2);
});

test("a run that was cut off after its send left is looked for, and sent once", async () => {
  // Nothing after the answer is done: neither the outcome is noted nor the run forgotten.
  let sent = false;
  zap.cache.trouble = (_call, key, method) => {
    if (method === "set" && key.startsWith("send:") && sent) return "fail";
    sent ||= method === "set" && key.startsWith("send:");
    return method === "delete" ? "fail" : undefined;
  };
  const first = await zap.create("send_message", input);
  zap.cache.trouble = () => undefined;
  expect(await failToSend()).toMatchObject({ name: "ThrottledError", text: expect.stringContaining("another run") });
  pass(60_000);
  expect(await failToSend()).toMatchObject(sentBefore);
  expect(await zap.search("find_messages", { conversationId: "telegram:sara" })).toMatchObject([{ id: first.id }]);
});

test("while Zapier's cache cannot be reached nothing is sent, and Zapier runs the step again", async () => {
  zap.cacheOutOfReach = true;
  for (const more of [{}, { clientReference: "order-1" }]) {
    const shown = await zap.failure("creates.send_message.operation.perform", { inputData: { ...input, ...more } });
    expect(shown).toMatchObject({ name: "ThrottledError", text: expect.stringMatching(/^Nothing was sent yet: /) });
    expect(shown.delay).toBeGreaterThanOrEqual(60);
  }
  zap.cacheOutOfReach = false;
  expect(countSent()).toBe(0);
});

test("a cache that hangs holds a send up for its budget of time only, and nothing is sent", async () => {
  zap.cache.trouble = () => "hang";
  const startedAt = performance.now();
  expect((await failToSend()).name).toBe("ThrottledError");
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(countSent()).toBe(0);
});

test("a cache that fails after the send takes nothing from its outcome", async () => {
  let claimed = false;
  zap.cache.trouble = (_call, key, method) => {
    const isClaim = method === "set" && key.startsWith("send:") && !claimed;
    claimed ||= isClaim;
    return claimed && !isClaim ? "fail" : undefined;
  };
  expect(await zap.create("send_message", input)).toMatchObject({ content: "Hi", alreadySent: false });
});
