/** A conversation read as a text and answered, against the reference API, with its extensions and without. */
import { describe, expect, test } from "@jest/globals";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { conversationId, inbound, run } from "./run-operation.ts";

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("reply_to_conversation and get_transcript", async () => {
    await using pair = await onsyncPair({ extensions });
    expect(await run(pair.onsync, "get_transcript", { conversationId })).toMatchObject({ text: "", messages: [] });
    await pair.reference.control.inbound(inbound);
    const sent = await run(pair.onsync, "reply_to_conversation", { conversationId, content: "It is confirmed." });
    expect(sent).toMatchObject({ conversationId, direction: "outbound", content: "It is confirmed." });
    const { text, messages, complete } = await run(pair.onsync, "get_transcript", { conversationId });
    expect(text).toMatch(/^\[.+ UTC\] Customer: Hi, can you confirm my order\?\n\[.+ UTC\] Team: It is confirmed\.$/);
    expect(messages.map(({ from }: { from: string }) => from)).toEqual(["customer", "team"]);
    expect(complete).toBe(true);
  });
});
