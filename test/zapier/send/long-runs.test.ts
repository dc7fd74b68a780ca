/** A send that takes long: Zapier may cut its run off at the end of its time, and run it again. */
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import App from "../../../index.ts";
import { operations } from "../../../src/operations/index.ts";
import { perform } from "../../../zapier/perform.ts";
import { sendOnce } from "../../../zapier/send/send-once.ts";
import { toSend } from "../../../zapier/send/to-send.ts";
import { startZap, type Zap } from "../harness.ts";

const input = { platform: "telegram", to: "sara", content: "Hi" };
let takesMs = 0;
/** Its message is there when it has taken so long. */
const send = toSend(operations.send_message, input);
const slowSend = {
  ...send,
  run: async (...args: Parameters<typeof send.run>) => {
    const message = await send.run(...args);
    passedMs += takesMs;
    return message;
  },
};
const app = {
  ...App,
  creates: { ...App.creates, slow_send: { operation: { perform: perform((step) => sendOnce(step, slowSend, {})) } } },
};

let passedMs = 0;
let zap: Zap;
beforeEach(async () => {
  const now = performance.now.bind(performance);
  passedMs = 0;
  jest.spyOn(performance, "now").mockImplementation(() => now() + passedMs);
  zap = await startZap({}, app);
});
afterEach(async () => {
  await zap.close();
  jest.restoreAllMocks();
});

function countSent() {
  return zap.reference.snapshot().data.messages.length;
}

test("a run that is over within 15 seconds is forgotten: the same words are another message", async () => {
  takesMs = 14_000;
  for (let run = 0; run < 2; run++) await zap.create("slow_send", {});
  expect(countSent()).toBe(2);
});

test("a run that took longer is remembered, as Zapier may have cut it off: the same words are not sent again", async () => {
  takesMs = 15_500;
  expect(await zap.create("slow_send", {})).toMatchObject({ content: "Hi" });
  expect(await zap.failure("creates.slow_send.operation.perform")).toMatchObject({
    name: "HaltedError",
    text: expect.stringContaining("by a run that may not have ended well"),
  });
  expect(countSent()).toBe(1);
});
