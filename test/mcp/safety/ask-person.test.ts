/** Hosts that can ask the person: on top of the token, never in its place. */
import { describe, expect, test } from "@jest/globals";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { connect } from "../session.ts";
import { phone, text } from "./sending.ts";

describe("a host that can ask the person", () => {
  const start = async (answer: { action: "accept" | "decline" | "cancel"; content?: { send: boolean } }) => {
    const world = phone();
    const asked: string[] = [];
    const session = await connect(
      { onsync: world.onsync, safety: { send: "confirm" } },
      { elicitation: {} },
      (client) =>
        client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
          asked.push(params.message);
          return answer;
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
      await using world = await start(answer);
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
});
