/** Hosts that can ask the person: on top of the token, never in its place. */
import { describe, expect, test } from "@jest/globals";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { connect } from "../session.ts";
import { phone, text } from "./sending.ts";

describe("a host that can ask the person", () => {
  type Reply = { action: "accept" | "decline" | "cancel"; content?: { send: boolean } };
  const start = async (reply: () => Reply) => {
    const world = phone();
    const asked: string[] = [];
    const session = await connect(
      { onsync: world.onsync, safety: { send: "confirm" } },
      { elicitation: {} },
      (client) =>
        client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
          asked.push(params.message);
          return reply();
        }),
    );
    return { ...world, session, asked, [Symbol.asyncDispose]: () => session.client.close() };
  };

  test.each([
    ["yes", { action: "accept", content: { send: true } }, true],
    ["not sent", { action: "accept", content: { send: false } }, false],
    ["no", { action: "decline" }, false],
    ["nothing", { action: "cancel" }, false],
  ] as const)(
    "the person is asked once a token is given back, and the message is sent or not by the answer: %s",
    async (_answer, answer, sends) => {
      await using world = await start(() => answer);
      const preview = await world.session.call("send_message", text);
      expect([preview.data.sent, world.asked]).toEqual([false, []]);
      const { confirmToken } = preview.data;
      const result = await world.session.call("send_message", { ...text, confirmToken });
      expect(world.asked).toHaveLength(1);
      expect(world.asked[0]).toContain(text.content);
      expect(result.isError).toBe(!sends);
      expect(world.sent).toHaveLength(sends ? 1 : 0);
      if (!sends) expect(result.error?.code).toBe("confirmation_refused");
    },
  );

  test("a person who gave no answer can be asked again with the same token", async () => {
    const answers = [{ action: "cancel" as const }, { action: "accept" as const, content: { send: true } }];
    await using world = await start(() => answers.shift() ?? { action: "decline" });
    const { confirmToken } = (await world.session.call("send_message", text)).data;
    const unanswered = await world.session.call("send_message", { ...text, confirmToken });
    expect([unanswered.error?.code, world.sent]).toEqual(["confirmation_refused", []]);
    expect((await world.session.call("send_message", { ...text, confirmToken })).isError).toBe(false);
    expect(world.sent).toHaveLength(1);
  });

  test("a person who said no is not asked again with the same token", async () => {
    await using world = await start(() => ({ action: "decline" }));
    const { confirmToken } = (await world.session.call("send_message", text)).data;
    await world.session.call("send_message", { ...text, confirmToken });
    const again = await world.session.call("send_message", { ...text, confirmToken });
    expect([again.error?.code, world.asked.length, world.sent]).toEqual(["confirmation_used", 1, []]);
  });

  test("sees the whole text, with every character that nobody would see", async () => {
    await using world = await start(() => ({ action: "cancel" }));
    const long = { ...text, content: `${"a".repeat(4000)}\u200b\u{e0041} the end` };
    const preview = await world.session.call("send_message", long);
    expect(preview.text).toContain(`${"a".repeat(4000)}[U+200B][U+E0041] the end`);
    await world.session.call("send_message", { ...long, confirmToken: preview.data.confirmToken });
    expect(world.asked[0]).toContain(`${"a".repeat(4000)}[U+200B][U+E0041] the end`);
  });
});
