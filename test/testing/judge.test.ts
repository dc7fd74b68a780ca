import { describe, expect, test } from "@jest/globals";
import { judge, type Seen, type Sent } from "../../testing/receivers/judge.ts";

function sent(id: string, startedAt: number, acknowledgedAt: number | null, key = "a"): Sent {
  return {
    id,
    key,
    startedAt,
    acknowledgedAt,
  };
}

function seen(id: string, sequence: number, accepted = true, epoch = 0): Seen {
  return {
    id,
    key: "a",
    sequence,
    accepted,
    epoch,
  };
}

const alone = { oneReceiver: true };

describe("the judge of the torture", () => {
  const both = [sent("one", 0, 10), sent("two", 20, 30)];

  test("finds nothing where all is well, and counts repeats", () => {
    expect(judge(both, [seen("one", 1), seen("one", 1, true, 2), seen("two", 2, true, 2)], alone)).toEqual({
      acknowledged: 2,
      handedOn: 2,
      repeats: 1,
      violations: [],
    });
  });

  test("what the sink refused and then took is no repeat", () => {
    expect(judge(both, [seen("one", 1, false), seen("one", 1), seen("two", 2)], alone)).toMatchObject({
      repeats: 0,
      violations: [],
    });
  });

  test("an event that was never acknowledged may be handed on or not", () => {
    const list = [sent("one", 0, null), sent("two", 0, null)];
    expect(judge(list, [seen("two", 1)], alone).violations).toEqual([]);
  });

  test.each<[string, Seen[], string]>([
    ["a lost event", [seen("one", 1)], "two was acknowledged and is lost"],
    ["an event only ever refused", [seen("one", 1), seen("two", 2, false)], "two was acknowledged and is lost"],
    ["an event nobody sent", [seen("one", 1), seen("two", 2), seen("three", 3)], "three was never sent"],
    ["an order that breaks the sequence", [seen("two", 2), seen("one", 1)], "first hand-on one (1) came after two (2)"],
    [
      "an order that breaks real time, whatever the sequence claims",
      [seen("two", 1), seen("one", 2)],
      "one was acknowledged before two was sent, and handed on after it",
    ],
    [
      "a repeat though nobody had died",
      [seen("one", 1), seen("one", 1), seen("two", 2)],
      "one was handed on again though nobody had died",
    ],
    ["a repeat after the next", [seen("one", 1), seen("two", 2), seen("one", 1)], "hand-on one (1) came after two (2)"],
  ])("finds %s", (_what, list, violation) => {
    expect(judge(both, list, alone).violations).toContainEqual(expect.stringContaining(violation));
  });

  test("of several receivers, one that was paused may repeat late; first hand-ons keep the order all the same", () => {
    const several = { oneReceiver: false };
    expect(judge(both, [seen("one", 1), seen("two", 2), seen("one", 1)], several).violations).toEqual([]);
    expect(judge(both, [seen("two", 2), seen("one", 1)], several).violations).not.toEqual([]);
  });

  test("events that overlapped in time may come in either order, by their sequence", () => {
    const overlapping = [sent("one", 0, 30), sent("two", 20, 25)];
    expect(judge(overlapping, [seen("two", 1), seen("one", 2)], alone).violations).toEqual([]);
  });
});
