/** Which conversation's history a send is looked for in, and how far back. */
import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { json, refused, rejection, scriptedOnSync } from "../../../testing/scripted.ts";
import { history, look, message, post, send } from "../../../testing/scripted-send.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const sent = json(201, message("msg_sent", "order-17"));

describe("the history that a send is looked for in", () => {
  const options = { clientReference: "order-17" };
  const other = history(message("msg_0", "order-16"));
  test("a conversation id of another form is learned from a 201, told, and looked under", async () => {
    const drift: unknown[] = [];
    const digits = { conversationId: "whatsapp:971500000000" };
    const under = "GET /v1/conversations/whatsapp%3A971500000000/messages?limit=100";
    const late = history({ ...message("msg_2", "order-18"), ...digits });
    const { onsync, lines } = scriptedOnSync(
      [refused(404, "not_found"), json(201, { ...message("msg_1", "order-17"), ...digits }), late],
      { onDrift: (event) => drift.push(event) },
    );
    await onsync.messages.send(text, options);
    expect(drift).toMatchObject([{ endpoint: "sendMessage", issues: [{ path: ["conversationId"] }] }]);
    expect(await onsync.messages.send(text, { clientReference: "order-18" })).toMatchObject({ id: "msg_2" });
    expect(lines()).toEqual([look, post, under]);
  });

  test("under a guess that was contradicted, a 404 proves nothing: without a ledger that lasts, nothing is sent", async () => {
    const elsewhere = json(201, { ...message("msg_1", "order-17"), conversationId: "conv_1" });
    const { onsync, lines } = scriptedOnSync([refused(404, "not_found"), elsewhere, refused(404, "not_found")]);
    await onsync.messages.send(text, options);
    const next = rejection(onsync.messages.send({ ...text, to: "+971500000001" }, { clientReference: "order-18" }));
    expect(await next).toMatchObject({ name: "UnknownOutcomeError" });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("a history that refuses a hundred is asked for fifty, and from then on", async () => {
    const page50 = look.replace("100", "50");
    const { onsync, lines } = scriptedOnSync([refused(400, "validation_failed"), other, sent, other, sent]);
    await onsync.messages.send(text, options);
    await rejection(onsync.messages.send(text, { clientReference: "order-18" }));
    expect(lines().slice(0, 4)).toEqual([look, page50, post, page50]);
  });

  test("a first send looks back a thousand messages, whatever the pages hold", async () => {
    const at = (index: number) => new Date(Date.parse("2024-12-01T10:00:00.000Z") - index * 1000).toISOString();
    const page = (from: number) => {
      const data = Array.from({ length: 20 }, (_, index) =>
        message(`msg_${from + index}`, `x${from + index}`, at(from + index)),
      );
      return json(200, { data, nextBefore: data.at(-1)?.createdAt });
    };
    const pages = Array.from({ length: 49 }, (_, index) => page(index * 20));
    const last = history(message("msg_found", "order-17", at(990)));
    const { outcome, lines } = await send([...pages, last], text, options);
    expect(outcome).toMatchObject({ id: "msg_found" });
    expect(lines()).toHaveLength(50);
  });
});
