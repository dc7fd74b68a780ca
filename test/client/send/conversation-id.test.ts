/** Which conversation's history a send is looked for in, and how far back. */
import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { ConversationIds } from "../../../src/client/send/conversation-ids.ts";
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

  const under = (id: string) => look.replace("whatsapp%3A%2B971500000000", id);
  const named = (conversationId: unknown, id = "msg_1") => json(201, { ...message(id), conversationId });
  const otherUnder = (id: string) => history({ ...message("msg_0", "order-16"), conversationId: id });
  const uuid = () => crypto.randomUUID();

  test("is that of the id which was named last", async () => {
    const { onsync, lines } = scriptedOnSync([named("conv_1"), named("conv_2"), otherUnder("conv_2"), sent], {
      uuid,
    });
    for (const each of [undefined, undefined, options]) await onsync.messages.send(text, each);
    expect(lines()).toEqual([post, post, under("conv_2"), post]);
  });

  test.each(["", null, 7])("is that of the documented id where a 201 names %j", async (id) => {
    const { onsync, lines } = scriptedOnSync([named(id), other, sent]);
    await onsync.messages.send(text);
    await onsync.messages.send(text, options);
    expect(lines()).toEqual([post, look, post]);
  });

  test("is that of the id which a message of the history names", async () => {
    const earlier = history({ ...message("msg_1", "order-17"), conversationId: "conv_1" });
    const { onsync, lines } = scriptedOnSync([earlier, otherUnder("conv_1"), json(201, message("msg_2", "order-18"))]);
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_1", alreadySent: true });
    await onsync.messages.send(text, { clientReference: "order-18" });
    expect(lines()).toEqual([look, under("conv_1"), post]);
  });

  test("proves nothing where its messages name another: nothing is sent", async () => {
    const { outcome, lines } = await send([otherUnder("conv_1")], text, options);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("was looked at, and OnSync has named conv_1 meanwhile"),
    });
    expect(lines()).toEqual([look]);
  });

  test("confirms no guess that was contradicted by a message that may be another's: nothing is sent", async () => {
    const theirs = { ...message("msg_0"), conversationId: "whatsapp:+971500000001" };
    const { onsync, lines } = scriptedOnSync([named("conv_1"), history(theirs)]);
    await onsync.messages.send(text);
    const next = rejection(onsync.messages.send({ ...text, to: "+971500000001" }, options));
    expect(await next).toMatchObject({ name: "UnknownOutcomeError" });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("holds up no send by the same words of the customer's", async () => {
    const theirs = history({ ...message("msg_0"), direction: "inbound", metadata: undefined });
    const { outcome } = await send([theirs, sent], text, options);
    expect(outcome).toMatchObject({ id: "msg_sent" });
  });
});

const of = (to: string, platform = "telegram") => ({ platform, to });

test("ten thousand ids are remembered at most, and the one that was learnt longest ago goes first", () => {
  const ids = new ConversationIds();
  for (let index = 0; index < 10_000; index += 1) ids.learn(of(`a${index}`), `telegram:a${index}`);
  ids.learn(of("a0"), "telegram:a0");
  ids.learn(of("b"), "telegram:b");
  const standing = (to: string) => ids.get(of(to)).standing;
  expect(["a0", "a1", "a2", "b"].map(standing)).toEqual(["confirmed", "guess", "confirmed", "confirmed"]);
});

test("an id says nothing of other addresses, but for phones among each other, and digits of a platform", () => {
  const standings = (learnt: [to: string, platform: string][], asked: [to: string, platform: string][]) => {
    const ids = new ConversationIds();
    for (const [to, platform] of learnt) ids.learn(of(to, platform), `${platform}:${to}`);
    return asked.map(([to, platform]) => ids.get(of(to, platform)).standing);
  };
  const others: [string, string][] = [
    ["+971500000002", "whatsapp"],
    ["482910377", "telegram"],
    ["482910377", "facebook"],
    ["omar", "telegram"],
  ];
  expect(standings([["+971500000001", "whatsapp"]], others)).toEqual(["confirmed", "guess", "guess", "guess"]);
  expect(standings([["77", "telegram"]], others)).toEqual(["guess", "confirmed", "guess", "guess"]);
  expect(standings([["sara", "telegram"]], others)).toEqual(["guess", "guess", "guess", "guess"]);
});

test("an id of another form contradicts those of its kind, and stays itself", () => {
  const ids = new ConversationIds();
  expect(ids.learn(of("+971500000001", "whatsapp"), "conv_1")).toBe(true);
  expect(ids.learn(of("77"), "telegram:77")).toBe(false);
  expect(ids.get(of("+971500000001", "whatsapp"))).toEqual({ id: "conv_1", standing: "confirmed" });
  expect(ids.get(of("+971500000002", "whatsapp"))).toEqual({
    id: "whatsapp:+971500000002",
    standing: "contradicted",
  });
  expect(ids.get(of("78")).standing).toBe("confirmed");
  ids.learn(of("sara"), "conv_2");
  expect([ids.get(of("omar")).standing, ids.get(of("78")).standing]).toEqual(["contradicted", "confirmed"]);
});
