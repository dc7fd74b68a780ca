/** An OnSync that does not answer in time, with a step's budget of a tenth of a second. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import App from "../../index.ts";
import { operations } from "../../src/operations/index.ts";
import { perform } from "../../zapier/perform.ts";
import { sendWithReplayGuard } from "../../zapier/replay-guard.ts";
import { startZap, type Zap } from "./harness.ts";

const budgetMs = 100;
const input = { platform: "telegram", to: "sara", content: "Hi" };
const app = {
  ...App,
  creates: {
    slow_send: {
      operation: {
        perform: perform((step) => sendWithReplayGuard(operations.send_message, input, step, {}), {}, budgetMs),
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

test("a send that may have left halts, and a replay sends it once", async () => {
  const shown = await zap.failure("creates.slow_send.operation.perform");
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("does not send it twice") });
  await zap.reference.control.faults.clear();
  const message = await zap.run<{ metadata: { clientReference: string } }>("creates.slow_send.operation.perform");
  const kept = await zap.search("find_messages", { conversationId: "telegram:sara" });
  expect(kept.map(({ clientReference }) => clientReference)).toEqual([message.metadata.clientReference]);
});
