/** Customers who asked not to be written to. */
import { expect, test } from "@jest/globals";
import { samples } from "../../src/api/index.ts";
import { operations, runOperation } from "../../src/operations/index.ts";
import { findOptOutMessage, findOptOutTag } from "../../src/operations/opt-out.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";

function write(...contents: (string | null)[]) {
  // Newest first, as the API gives them.
  return contents.map((content) => ({ ...samples.inboundMessage, content })).reverse();
}

test.each(["STOP", "stop", " Stop! ", "STOP.", "Stop all", "UNSUBSCRIBE", "إيقاف", "退订", "opt-out"])(
  "%j asks not to be written to",
  (content) => {
    expect(findOptOutMessage(write("Hello", content))).toMatchObject({ by: "message", said: content.trim() });
    expect(findOptOutMessage(write(content, "Where is my order?"))).not.toBeNull();
  },
);

test.each(["Please stop by the shop", "nonstop", "Can you stop the delivery?", "the end", "", null])(
  "%j asks for something else",
  (content) => {
    expect(findOptOutMessage(write(content))).toBeNull();
  },
);

test("START takes it back, and our own STOP counts for nothing", () => {
  expect(findOptOutMessage(write("STOP", "Start"))).toBeNull();
  expect(findOptOutMessage(write("START", "stop"))).not.toBeNull();
  expect(findOptOutMessage([{ ...samples.sentMessage, content: "STOP", direction: "outbound" }])).toBeNull();
});

test.each([
  [["lead", "Opt-Out"], "Opt-Out"],
  [["do_not_contact"], "do_not_contact"],
  [["unsubscribed"], "unsubscribed"],
])("of the tags %j it is %s", (tags, said) => {
  expect(findOptOutTag(tags)).toEqual({ by: "tag", said, at: null });
});

test.each([[["lead", "stopover"]], [[]], [null], ["none"]])("of the tags %j none asks for it", (tags) => {
  expect(findOptOutTag(tags as never)).toBeNull();
});

test.each([
  ["whatsapp", "+971500000000"],
  ["telegram", "77"],
] as const)(
  "a contact's tag is found from a conversation on %s, in two requests more at most",
  async (platform, from) => {
    await using pair = await onsyncPair({ rateLimit: 1000 });
    await pair.reference.control.inbound({ platform, from, content: "Hello" });
    const [conversation] = (await pair.onsync.conversations.list({})).data;
    await pair.onsync.contacts.update(conversation?.contactId ?? "", { tags: ["do not contact"] });
    const check = (checkTags: boolean) =>
      runOperation(operations.check_messaging_window, pair.onsync, {
        conversationId: `${platform}:${from}`,
        checkTags,
      });
    const count = async (call: () => Promise<unknown>) => {
      const before = pair.onsync.rateLimit?.remaining ?? 0;
      await call();
      return before - (pair.onsync.rateLimit?.remaining ?? 0);
    };
    expect((await check(true)).reasons).toMatchObject([{ code: "opted_out" }]);
    expect((await check(false)).reasons).toEqual([]);
    expect(await count(() => check(true))).toBeLessThanOrEqual(3);
    expect(await count(() => check(false))).toBe(1);
  },
);
