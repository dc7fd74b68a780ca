/** What is remembered of the ids that a server gives its conversations. */
import { expect, test } from "@jest/globals";
import { ConversationIds } from "../../../src/client/send/conversation-ids.ts";

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
