/** A template in the place of a text, where Zapier's cache is gone from any of its calls on. */
import { afterEach, expect, test } from "@jest/globals";
import { phone } from "../errors/failing-steps.ts";
import { startZap } from "../harness.ts";

const afterGraceMs = 6 * 60_000;
const realNow = Date.now;
afterEach(() => {
  Date.now = realNow;
});

const perform = "creates.send_message.operation.perform";
const text = { platform: "whatsapp", to: phone, content: "Your order is on its way" };
const template = { outsideWindow: "template", template: "order_follow_up", language: "en", parameter_1: "Sara" };

test.each([[text], [{ ...text, clientReference: "order-1-shipped" }]])(
  "where the cache is gone from any of its calls on, a replay with the window open sends nothing twice: %j",
  async (input) => {
    const inputData = { ...input, ...template };
    for (let last = 0; ; last++) {
      const own = await startZap();
      own.cache.trouble = (call) => (call > last ? "fail" : undefined);
      await own.run(perform, { inputData }).catch(() => undefined);
      // With all its calls answered it ended well: what comes after it is another message.
      const isWhole = own.cache.calls.length <= last;
      own.cache.trouble = () => undefined;
      await own.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
      Date.now = () => realNow() + afterGraceMs;
      if (!isWhole) await own.run(perform, { inputData }).catch(() => undefined);
      Date.now = realNow;
      const sent = own.reference.snapshot().data.messages.filter(({ direction }) => direction === "outbound");
      await own.close();
      expect([last, sent.length]).toEqual([last, 1]);
      if (isWhole) break;
    }
  },
  60_000,
);
