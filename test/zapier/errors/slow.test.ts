/** An OnSync that does not answer in time, with a step's budget of a tenth of a second (a send's: 1.5). */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import App from "../../../index.ts";
import { operations } from "../../../src/operations/index.ts";
import { perform } from "../../../zapier/perform.ts";
import { sendOnce } from "../../../zapier/send/send-once.ts";
import { toSend } from "../../../zapier/send/to-send.ts";
import { startZap, type Zap } from "../harness.ts";

const budgetMs = 100;
/** A send asks Zapier's cache before it leaves. */
const sendBudgetMs = 1_500;
const input = { platform: "telegram", to: "sara", content: "Hi" };
const app = {
  ...App,
  creates: {
    ...App.creates,
    slow_send: {
      operation: {
        perform: perform((step) => sendOnce(step, toSend(operations.send_message, input), {}), {}, sendBudgetMs),
      },
    },
    slow_save: {
      operation: {
        perform: perform(
          ({ onsync, signal }) => onsync.contacts.save({ email: "a@example.com" }, { signal }),
          {},
          budgetMs,
        ),
      },
    },
  },
  searches: {
    ...App.searches,
    slow_find: {
      operation: { perform: perform(({ onsync, signal }) => onsync.contacts.list({}, { signal }), {}, budgetMs) },
    },
  },
  searchOrCreates: {},
};

let zap: Zap;
beforeEach(async () => {
  zap = await startZap({}, app);
  await zap.reference.control.faults.add({ latencyMs: 60_000 });
});
afterEach(() => zap.close());

test.each([["searches.slow_find"], ["creates.slow_save"]])("%s ends with its budget, and says so", async (step) => {
  expect(await zap.failure(`${step}.operation.perform`)).toEqual({
    name: "AppError",
    text: "OnSync did not answer in time. Run the Zap again in a minute.",
    code: "timeout",
  });
});

test("a send that may have left halts, and a replay does not send it twice", async () => {
  await zap.reference.control.faults.clear();
  // Whose references they are is asked once a day.
  await zap.create("send_message", { ...input, content: "The first of the day" });
  await zap.reference.control.faults.add({ latencyMs: 60_000, path: "/v1/messaging/send" });
  const shown = await zap.failure("creates.slow_send.operation.perform");
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("does not send it twice") });
  await zap.reference.control.faults.clear();
  expect((await zap.failure("creates.slow_send.operation.perform")).name).toMatch(/^(HaltedError|ThrottledError)$/);
  const kept = await zap.search("find_messages", { conversationId: "telegram:sara" });
  expect(kept.filter(({ content }) => content === "Hi").length).toBeLessThanOrEqual(1);
});
