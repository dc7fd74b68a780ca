/** What a Zap is built on, the samples, against what actions and searches give. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import App from "../../index.ts";
import { type Row, startZap, type Zap } from "./harness.ts";
import { missingInLive } from "./lint/lint.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

test("T004: every live result has what the samples promise", async () => {
  await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  const [contact] = await zap.search("find_contact", { phone });
  const contactId = contact?.id;
  const live: Record<string, Row | undefined> = {
    "creates.save_contact": await zap.create("save_contact", { phone }),
    "creates.update_contact": await zap.create("update_contact", { contactId, firstName: "Sara" }),
    "creates.add_tags": await zap.create("add_tags", { contactId, tags: ["a"] }),
    "creates.remove_tags": await zap.create("remove_tags", { contactId, tags: ["a"] }),
    "creates.send_message": await zap.create("send_message", { platform: "whatsapp", to: phone, content: "Hi" }),
    "creates.reply_to_conversation": await zap.create("reply_to_conversation", { conversationId, content: "Hi" }),
    "creates.send_template": await zap.create("send_template", {
      to: phone,
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    }),
    "searches.find_contact": contact,
    "searches.find_messages": (await zap.search("find_messages", { conversationId }))[0],
    "searches.get_transcript": (await zap.search("get_transcript", { conversationId }))[0],
    "searches.check_messaging_window": (await zap.search("check_messaging_window", { conversationId }))[0],
    "searches.find_conversation": (await zap.search("find_conversation", { conversationId }))[0],
  };
  const app = App as unknown as Record<string, Record<string, { operation: { sample: Row } }>>;
  const untried = ["creates", "searches"]
    .flatMap((kind) => Object.keys(app[kind] ?? {}).map((key) => `${kind}.${key}`))
    .filter((name) => live[name] === undefined)
    .map((name) => `Add ${name} to \`live\` in test/zapier/samples.test.ts.`);
  expect(untried).toEqual([]);
  for (const kind of ["creates", "searches"]) {
    for (const [key, { operation }] of Object.entries(app[kind] ?? {})) {
      const result = live[`${kind}.${key}`];
      expect([key, missingInLive(operation.sample, result)]).toEqual([key, []]);
      expect(Object.keys(result ?? {})).toEqual(Object.keys(operation.sample));
    }
  }
});
