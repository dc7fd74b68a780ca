/** The judge finds what small apps do wrong on purpose, and nothing in one that does not. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import {
  isViolation,
  judgeContacts,
  judgeLogs,
  judgeSends,
  readContacts,
  type ZapRun,
} from "../../../testing/zapier/judge.ts";
import type { Platform } from "../../../testing/zapier/platform.ts";
import type { KillPoint, Trouble } from "../../../testing/zapier/run.ts";
import type { World } from "../../../testing/zapier/world.ts";
import { createOpenWorld, customer, loseFirstAnswer, openSmallApps, runZap, send } from "./apps.ts";

// Processes start, which takes seconds on a machine that is busy.
jest.setTimeout(30_000);

let platform: Platform;
let world: World;
beforeAll(async () => {
  platform = await openSmallApps({ speed: 10, spare: 2 });
});
afterAll(() => platform.close());
beforeEach(async () => {
  world = await createOpenWorld(platform);
});

const kinds = (zapRuns: ZapRun[]) => judgeSends(world, zapRuns).map(({ kind }) => kind);

describe("the judge", () => {
  test("has nothing against an app that says that its answer was lost", async () => {
    const zapRun = await runZap(platform, world, { app: "honest" }, [loseFirstAnswer("before")]);
    expect(zapRun.outcomes.map(({ kind }) => kind)).toEqual(["error"]);
    expect(kinds([zapRun])).toEqual([]);
  });

  test("has nothing against a message that was sent", async () => {
    expect(kinds([await runZap(platform, world, { app: "honest" })])).toEqual([]);
  });

  test("finds a message that is sent again after a lost answer", async () => {
    expect(kinds([await runZap(platform, world, { app: "resending" }, [loseFirstAnswer("before")])])).toEqual([
      "doubled",
    ]);
  });

  test("finds a message that is sent again by a run that is made again", async () => {
    expect(kinds([await runZap(platform, world, { app: "honest" }, [loseFirstAnswer("before"), {}])])).toEqual([
      "doubled",
    ]);
  });

  test("finds a second message that came of late work", async () => {
    const late = { api: () => ({ kind: "reset", work: 60_000 }) as const };
    const zapRun = await runZap(platform, world, { app: "honest" }, [late, {}]);
    expect(kinds([zapRun])).toEqual([]);
    await world.jump(60_000);
    expect(kinds([zapRun])).toEqual(["doubled"]);
  });

  test("does not take two runs of the same words for one", async () => {
    const first = await runZap(platform, world, { app: "honest", id: "first" });
    const second = await runZap(platform, world, { app: "honest", id: "second" });
    expect(kinds([first, second])).toEqual([]);
  });

  test("finds a run that ended well without its message", async () => {
    expect(kinds([await runZap(platform, world, { app: "swallowing" }, [loseFirstAnswer("never")])])).toEqual(["lost"]);
  });

  test("finds a run that ended well with the message of another", async () => {
    const first = await runZap(platform, world, { app: "honest", id: "first" });
    const second = await runZap(platform, world, { app: "answering_with_another", id: "second" }, [
      loseFirstAnswer("never"),
    ]);
    expect(kinds([first, second])).toEqual(["lost"]);
  });

  test("finds a message at another customer's", async () => {
    await world.reference.control.inbound({ platform: "whatsapp", from: "+971500000099", content: "Hi" });
    expect(kinds([await runZap(platform, world, { app: "mistaking_the_recipient" })])).toEqual([
      "lost",
      "wrong recipient",
    ]);
  });

  test("finds a message that nobody wanted so", async () => {
    expect(kinds([await runZap(platform, world, { app: "adding_words" })])).toEqual(["lost", "unwanted"]);
  });

  test.each([
    [
      "finds a reference that is remembered in one scope and looked for in another",
      "reading_another_scope",
      ["doubled"],
    ],
    ["has nothing against a reference that is looked for where it is remembered", "claiming", []],
  ])("%s", async (_, app, expected) => {
    expect(kinds([await runZap(platform, world, { app, reference: "order-1" }, [{}, {}])])).toEqual(expected);
  });

  test.each([
    ["finds two runs that both sent, since neither claimed the reference", "claiming_without_nx", ["doubled"]],
    ["has nothing against two runs at once of which one claimed the reference", "claiming", []],
  ])("%s", async (_, app, expected) => {
    const slow = { cache: () => ({ kind: "slow", ms: 5000 }) as const };
    const wish = { app, reference: "order-1", trouble: slow };
    const outcomes = await Promise.all([send(platform, world, wish), send(platform, world, wish)]);
    expect(kinds([{ wanted: { id: "order-1", to: customer, text: "Order 1" }, outcomes }])).toEqual(expected);
  });

  describe("of a run that was cut off and is made again", () => {
    const cutOff = (kill: KillPoint): Trouble[] => [{ kill }, {}];
    // get, set, the send, delete
    const afterLast = cutOff({ at: "cache", count: 3, when: "after" });
    const beforeLast = cutOff({ at: "cache", count: 3, when: "before" });
    const slowest = [{ cache: (count: number) => (count === 3 ? ({ kind: "slow", ms: 60_000 } as const) : null) }, {}];

    test("tells a crash after the last call from what an app can do something about", async () => {
      const verdicts = judgeSends(world, [await runZap(platform, world, { app: "noting" }, afterLast)]);
      expect(verdicts.map(({ kind }) => kind)).toEqual(["crashed when done"]);
      expect(verdicts.filter(isViolation)).toEqual([]);
    });

    test.each([
      ["before its last call, has nothing against one that left a note", "noting", beforeLast, []],
      [
        "after its send, finds one that left no note",
        "honest",
        cutOff({ at: "request", count: 1, when: "after" }),
        ["doubled"],
      ],
      ["by the end of its time, finds one that had just forgotten its note", "noting", slowest, ["doubled"]],
    ])("%s", async (_, app, troubles, expected) => {
      expect(kinds([await runZap(platform, world, { app }, troubles)])).toEqual(expected);
    });

    test("excuses nothing where the message has a reference", async () => {
      const zapRun = await runZap(platform, world, { app: "noting", reference: "order-1" }, afterLast);
      expect(kinds([zapRun])).toEqual(["doubled"]);
    });
  });

  describe("of two keys that send one message", () => {
    const sendTwice = async (extensions: boolean, isAtOnce: boolean, app = "looking") => {
      const wish = { app, reference: "order-1", locks: false };
      world = await createOpenWorld(platform, { extensions });
      // Two processes are there, so that neither run waits for one to start.
      await Promise.all([1, 2].map(() => send(platform, world, { app: "throttling" })));
      const { key } = await world.reference.control.createKey();
      const slow = { kind: "slow", ms: 5000 } as const;
      const lost = { kind: "reset", work: "before" } as const;
      const trouble: Trouble = { api: (_count, { method }) => (method === "POST" && app !== "looking" ? lost : slow) };
      const first = send(platform, world, { ...wish, trouble });
      // The other message is the newest, so that the app does not see the first.
      if (!isAtOnce)
        await first.then(() => world.reference.control.inbound({ platform: "whatsapp", from: customer, content: "?" }));
      const outcomes = await Promise.all([first, send(platform, world, { ...wish, key, trouble })]);
      return kinds([{ wanted: { id: "order-1", to: customer, text: "Order 1", reference: "order-1" }, outcomes }]);
    };

    test.each([
      ["tells those apart of which nothing could show that they are of one org", false, true, ["org unknown"]],
      ["finds those that OnSync tells the org of", true, true, ["doubled"]],
      ["finds those of which the second could see the first in the history", false, false, ["doubled"]],
    ])("%s", async (_, extensions, isAtOnce, expected) => {
      expect(await sendTwice(extensions, isAtOnce)).toEqual(expected);
    });

    test("takes what they look for after the send for no sign that they saw it before", async () => {
      expect(await sendTwice(false, true, "looking_again")).toEqual(["org unknown"]);
    });
  });

  test("finds what a contact lost", async () => {
    const [before] = readContacts(world);
    if (!before) throw new Error("there is no contact");
    const named = { ...before, first_name: "Sara", email: "sara@example.com", tags: '["lead"]' };
    const changed = { ...named, email: "omar@example.com", tags: "[]", last_name: "Hussein" };
    expect(judgeContacts([named], [changed]).map(({ kind, text }) => `${kind} ${text.split(" ")[0]}`)).toEqual([
      "overwritten email",
      "overwritten tags",
    ]);
    expect(judgeContacts([named], [changed], (_, field) => field === "email")).toHaveLength(1);
    expect(judgeContacts([named], [])).toHaveLength(5);
    expect(judgeContacts([named], [named])).toEqual([]);
  });

  test("finds a customer's number in the log, also where an address has it", async () => {
    await send(platform, world, { app: "talkative" });
    expect(judgeLogs(world, { phone: customer, other: "+971500000055" }).map(({ text }) => text.split(",")[0])).toEqual(
      ["phone"],
    );
    expect(judgeLogs(world, { key: world.reference.key })).toEqual([]);
  });
});
